export {
  changeSettings,
  nameInLog,
  putInOrder,
  reviseTicketSetting,
  ticketSettingCreated,
  ticketSettingDeleted,
  type TicketSetting,
} from './change-settings.ts';
export { namePriorities, type PriorityNames } from './name-priorities.ts';
export { saveLifecycle, type SaveLifecycle } from './save-lifecycle.ts';
export { createStatus, editStatus, type NewStatus } from './save-status.ts';
export { createTagAgain, renameTag } from './save-tag.ts';
export { createTopic, editTopic, type TopicWanted } from './save-topic.ts';
export { SettingNotFound } from './settings.errors.ts';
