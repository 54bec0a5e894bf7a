import { EventRecord } from './platform/event-record.entity.ts';
import { IdempotencyKey } from './platform/once.ts';
import { Contact } from './domains/contacts/index.ts';
import { AccessToken, Account, Member, Session, Team, TeamMember, Workspace } from './domains/identity/index.ts';
import { Draft } from './domains/drafts/index.ts';
import { ImportRun } from './domains/import/index.ts';
import { Note, NoteMention } from './domains/notes/index.ts';
import { Notification } from './domains/notifications/index.ts';
import { SlaClock, SlaPolicy, SlaTarget } from './domains/sla/index.ts';
import { Status, Tag, Ticket, TicketGrant, TicketTag, Topic } from './domains/tickets/index.ts';
import { View } from './domains/views/index.ts';
import { Watcher } from './domains/watchers/index.ts';

/** Every stored thing. */
export const entities = [
  AccessToken,
  Account,
  Contact,
  Draft,
  EventRecord,
  IdempotencyKey,
  ImportRun,
  Member,
  Note,
  NoteMention,
  Notification,
  Session,
  SlaClock,
  SlaPolicy,
  SlaTarget,
  Status,
  Tag,
  Team,
  TeamMember,
  Ticket,
  TicketGrant,
  TicketTag,
  Topic,
  View,
  Watcher,
  Workspace,
];
