export { recordTime } from './record-time.ts';
export { TimeEntry } from './time-entry.entity.ts';
