import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchema, type ClassType, type NonEmptyArray } from 'type-graphql';
import {
  AccessResolver,
  MachineResolver,
  PersonResolver,
  RoleDescriptionResolver,
  SecurityEventResolver,
} from './domains/access/api/index.ts';
import { ActivityEntryResolver, TicketActivityResolver } from './domains/audit/api/index.ts';
import { AttachmentResolver, MessageFilesResolver, NoteFilesResolver, TicketFilesResolver } from './domains/attachments/api/index.ts';
import { BoardOperatorResolver, BoardResolver } from './domains/board/api/index.ts';
import { BulkActivityResolver, BulkItemResolver, BulkResolver } from './domains/bulk/api/index.ts';
import { CustomFieldResolver, FieldValueResolver, TicketFieldsResolver } from './domains/fields/api/index.ts';
import { ContactMergeResolver, MergedContactResolver } from './domains/contact-merges/api/index.ts';
import { ContactResolver, ContactStreamResolver } from './domains/contacts/api/index.ts';
import { FailedJobResolver } from './domains/failed-jobs/api/index.ts';
import { DraftResolver } from './domains/drafts/api/index.ts';
import { IdentityResolver, SessionResolver } from './domains/identity/api/index.ts';
import type { SignInDesk } from './domains/identity/index.ts';
import { PrivacyResolver } from './domains/privacy/api/index.ts';
import { ClientTicketResolver, PublicLinkResolver } from './domains/public-links/api/index.ts';
import type { LinkDesk } from './domains/public-links/index.ts';
import { DeletedTicketResolver } from './domains/lifecycle/api/index.ts';
import { IntakeResolver } from './domains/intake/api/index.ts';
import { PresenceResolver, StreamPositionResolver } from './domains/live/api/index.ts';
import {
  ConversationResolver,
  ConversationStreamResolver,
  MessageResolver,
  TicketConversationsResolver,
  TicketMessagesResolver,
} from './domains/conversations/api/index.ts';
import { ChecklistItemResolver, TicketChecklistResolver } from './domains/checklists/api/index.ts';
import { TicketTimeResolver, TimeEntryResolver } from './domains/time-spent/api/index.ts';
import { TicketRatingsResolver } from './domains/ratings/api/index.ts';
import { ConcernedContactResolver, TicketContactResolver } from './domains/ticket-contacts/api/index.ts';
import { LinkedTicketResolver, LinkResolver } from './domains/links/api/index.ts';
import { MergeResolver } from './domains/merges/api/index.ts';
import { NoteResolver, TicketNotesResolver } from './domains/notes/api/index.ts';
import { NotificationResolver, NotificationSettingsResolver } from './domains/notifications/api/index.ts';
import {
  SlaCalendarResolver,
  SlaCalendarVersionResolver,
  SlaClockResolver,
  SlaPolicyResolver,
  SlaReportResolver,
  TeamCalendarResolver,
  SlaResolver,
} from './domains/sla/api/index.ts';
import { SearchHitResolver, SearchResolver, SimilarTicketsResolver } from './domains/search/api/index.ts';
import { ConflictResolver, StatusResolver, TicketResolver, TopicResolver } from './domains/tickets/api/index.ts';
import { SkillGroupResolver, TopicSkillResolver } from './domains/routing/api/index.ts';
import { SplitResolver } from './domains/splits/api/index.ts';
import { TicketTemplateResolver } from './domains/templates/api/index.ts';
import { DeletionResolver, UndoResolver } from './domains/undo/api/index.ts';
import { TicketListResolver, ViewResolver } from './domains/views/api/index.ts';
import { SettingHistoryResolver, SettingStreamResolver, SettingVersionResolver } from './domains/setting-history/api/index.ts';
import { LifecycleResolver, TicketSettingsResolver } from './domains/ticket-settings/api/index.ts';
import { WatcherResolver } from './domains/watchers/api/index.ts';
import { Instant } from './graphql/scalars.ts';
import { withStrictInputs } from './graphql/strict-inputs.ts';
import { NodeResolver } from './node.resolver.ts';
import type { PushService } from './platform/push/push-service.ts';

/** What resolvers are given that is of the node and not of a request. */
interface SchemaDesk {
  readonly signInDesk: SignInDesk;
  readonly linkDesk: LinkDesk;
  readonly push: PushService;
}

/** The API as agents and integrators see it. */
export function makeSchema({ signInDesk, linkDesk, push }: SchemaDesk): Promise<GraphQLSchema> {
  const built = new Map<unknown, object>([
    [IdentityResolver, new IdentityResolver(signInDesk)],
    [AccessResolver, new AccessResolver(signInDesk)],

    [PublicLinkResolver, new PublicLinkResolver(linkDesk)],
    [NotificationSettingsResolver, new NotificationSettingsResolver(push)],
  ]);
  return makeOf(
    [
      AccessResolver,
      ActivityEntryResolver,
      AttachmentResolver,
      MessageFilesResolver,
      NoteFilesResolver,
      TicketFilesResolver,
      BoardOperatorResolver,
      BoardResolver,
      BulkActivityResolver,
      BulkItemResolver,
      BulkResolver,
      CustomFieldResolver,
      FieldValueResolver,
      TicketFieldsResolver,
      TicketSettingsResolver,
      LifecycleResolver,
      SettingHistoryResolver,
      SettingStreamResolver,
      SettingVersionResolver,
      ConflictResolver,
      ContactMergeResolver,
      MergedContactResolver,
      ContactResolver,
      ContactStreamResolver,
      DeletedTicketResolver,
      DraftResolver,
      FailedJobResolver,
      IdentityResolver,
      IntakeResolver,
      MachineResolver,
      NodeResolver,
      LinkedTicketResolver,
      LinkResolver,
      MergeResolver,
      ConversationResolver,
      ConversationStreamResolver,
      MessageResolver,
      NoteResolver,
      NotificationResolver,
      NotificationSettingsResolver,
      PersonResolver,
      PresenceResolver,
      PrivacyResolver,
      PublicLinkResolver,
      RoleDescriptionResolver,
      SearchHitResolver,
      SearchResolver,
      SimilarTicketsResolver,
      SecurityEventResolver,
      SessionResolver,
      SlaCalendarResolver,
      SlaCalendarVersionResolver,
      SlaClockResolver,
      SlaPolicyResolver,
      SlaReportResolver,
      TeamCalendarResolver,
      SlaResolver,
      StatusResolver,
      StreamPositionResolver,
      TicketActivityResolver,
      TicketListResolver,
      ConcernedContactResolver,
      TicketContactResolver,
      TicketRatingsResolver,
      TicketTimeResolver,
      TimeEntryResolver,
      ChecklistItemResolver,
      TicketChecklistResolver,
      TicketConversationsResolver,
      TicketMessagesResolver,
      TicketNotesResolver,
      TicketResolver,
      TopicResolver,
      SkillGroupResolver,
      TopicSkillResolver,
      SplitResolver,
      TicketTemplateResolver,
      DeletionResolver,
      UndoResolver,
      ViewResolver,
      WatcherResolver,
    ],
    built,
  );
}

/** The API as clients see it, who have a link and no account. */
export function makeClientSchema({ linkDesk }: Pick<SchemaDesk, 'linkDesk'>): Promise<GraphQLSchema> {
  return makeOf([ClientTicketResolver], new Map([[ClientTicketResolver, new ClientTicketResolver(linkDesk)]]));
}

async function makeOf(resolvers: readonly ClassType[], built: Map<unknown, object>): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    scalarsMap: [{ type: Date, scalar: Instant }],
    resolvers: resolvers as unknown as NonEmptyArray<ClassType>,
    // What no resolver of these leads to is not theirs to tell.
    orphanedTypes: [],
    // Use cases check what they are given, so that imports and jobs are checked as requests are.
    validate: false,
    container: {
      get(resolver: ClassType) {
        const instance = built.get(resolver) ?? new resolver();
        built.set(resolver, instance);
        return instance;
      },
    },
    // Every subscription brings its own source; type-graphql asks for one all the same.
    pubSub: {
      publish() {},
      subscribe() {
        throw new Error('a subscription without a source of its own');
      },
    },
  });
  return withStrictInputs(schema);
}
