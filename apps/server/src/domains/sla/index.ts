export { BreachWatch, recordBreaches } from './breach-watch.ts';
export { clocksOf, recordFirstResponse } from './keep-clocks.ts';
export { followPriority, followStatus, startClocks } from './reactions.ts';
export { SlaClock, SlaMetric, SlaPolicy, SlaTarget } from './sla.entity.ts';
export { SlaEvent } from './sla.events.ts';
