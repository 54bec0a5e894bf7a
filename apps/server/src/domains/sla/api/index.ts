export { SlaCalendarResolver, SlaCalendarVersionResolver, SlaClockResolver, SlaPolicyResolver, SlaResolver } from './sla.resolver.ts';
