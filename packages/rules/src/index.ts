export * from './business-time.ts';
export * from './limits.ts';
export * from './priority.ts';
export * from './sla-clock.ts';
export * from './sla-ledger.ts';
export * from './status-category.ts';
export * from './ticket-metrics.ts';
export * from './ticket-source.ts';
