export { recordTime } from './record-time.ts';
export { TimeEntry } from './time-entry.entity.ts';
export { TimeSpentEvent } from './time-spent.events.ts';
