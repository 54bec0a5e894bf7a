export { BreachWatch, recordBreaches } from './breach-watch.ts';
export { clocksByTicket } from './find-clocks.ts';
export { policyById } from './find-settings.ts';
export { followFacts, followStatus, recordReply, startClocks } from './reactions.ts';
export { ReapplyWatch } from './reapply.ts';
export { saveCalendar } from './save-calendar.ts';
export { savePolicy } from './save-policy.ts';
export { SlaCalendar, SlaCalendarVersion, SlaClock, SlaPolicy, SlaPolicyVersion, SlaSegment, type Targets } from './sla.entity.ts';
export { SlaEvent } from './sla.events.ts';
