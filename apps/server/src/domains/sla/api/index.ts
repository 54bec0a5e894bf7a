export { asTargetList, SlaCalendarNotFoundType, SlaPolicyNotFoundType } from './sla.type.ts';
export { TeamCalendarResolver } from './team-calendar.resolver.ts';
export { SlaReportResolver } from './report.resolver.ts';
export { SlaCalendarResolver, SlaCalendarVersionResolver, SlaClockResolver, SlaPolicyResolver, SlaResolver } from './sla.resolver.ts';
