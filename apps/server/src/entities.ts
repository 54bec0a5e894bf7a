import { EventRecord } from './platform/event-record.entity.ts';
import { OutgoingMail } from './platform/mail/outgoing-mail.entity.ts';
import { IdempotencyKey } from './platform/once.ts';
import { SecurityEvent } from './platform/security-log.ts';
import { SettingVersion } from './platform/setting-versions.ts';
import { WorkAttempt } from './platform/work/work-attempt.entity.ts';
import { ContactMerge } from './domains/contact-merges/index.ts';
import { Contact, ContactAddress } from './domains/contacts/index.ts';
import {
  AccessToken,
  Account,
  CustomRole,
  Letter,
  Member,
  PasswordRequest,
  RecoveryCode,
  Session,
  SingleSignOn,
  Team,
  TeamMember,
  Workspace,
} from './domains/identity/index.ts';
import { Attachment } from './domains/attachments/index.ts';
import { Draft } from './domains/drafts/index.ts';
import { ImportRefusal, ImportRun } from './domains/import/index.ts';
import { Conversation, Message } from './domains/conversations/index.ts';
import { TicketLink } from './domains/links/index.ts';
import { Merge, MergeItem } from './domains/merges/index.ts';
import { SkillGroup, SkillGroupMember, SkillGroupTopic } from './domains/routing/index.ts';
import { Split, SplitItem } from './domains/splits/index.ts';
import { Rating } from './domains/ratings/index.ts';
import { TimeEntry } from './domains/time-spent/index.ts';
import { ChecklistItem } from './domains/checklists/index.ts';
import { TicketContact } from './domains/ticket-contacts/index.ts';
import { TicketTemplate } from './domains/templates/index.ts';
import { Note, NoteMention, NoteVersion } from './domains/notes/index.ts';
import { Notification, NotificationDelivery, NotificationProfile, NotificationRule, PushDevice } from './domains/notifications/index.ts';
import { SlaCalendar, SlaCalendarVersion, SlaClock, SlaPolicy, SlaPolicyVersion, SlaSegment } from './domains/sla/index.ts';
import { MessageReceipt, PublicLink } from './domains/public-links/index.ts';
import { Status, Tag, Ticket, TicketGrant, TicketTag, Topic } from './domains/tickets/index.ts';
import { BulkItem, BulkJob } from './domains/bulk/index.ts';
import { CustomField, TicketField } from './domains/fields/index.ts';
import { View, ViewPlace } from './domains/views/index.ts';
import { Watcher } from './domains/watchers/index.ts';

/** Every stored thing. */
export const entities = [
  AccessToken,
  Account,
  Attachment,
  Contact,
  ContactAddress,
  ContactMerge,
  CustomRole,
  Draft,
  EventRecord,
  IdempotencyKey,
  ImportRefusal,
  ImportRun,
  Letter,
  Member,
  Conversation,
  Message,
  TicketLink,
  Merge,
  MergeItem,
  SkillGroup,
  SkillGroupMember,
  SkillGroupTopic,
  Split,
  SplitItem,
  TicketContact,
  ChecklistItem,
  TimeEntry,
  Rating,
  TicketTemplate,
  Note,
  NoteMention,
  NoteVersion,
  Notification,
  NotificationDelivery,
  NotificationProfile,
  NotificationRule,
  PushDevice,
  OutgoingMail,
  MessageReceipt,
  PasswordRequest,
  PublicLink,
  RecoveryCode,
  SecurityEvent,
  SettingVersion,
  Session,
  SingleSignOn,
  SlaCalendar,
  SlaCalendarVersion,
  SlaClock,
  SlaPolicy,
  SlaPolicyVersion,
  SlaSegment,
  Status,
  Tag,
  Team,
  TeamMember,
  Ticket,
  TicketGrant,
  TicketTag,
  Topic,
  CustomField,
  TicketField,
  BulkItem,
  BulkJob,
  View,
  ViewPlace,
  Watcher,
  WorkAttempt,
  Workspace,
];
