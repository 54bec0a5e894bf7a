export { SlaResolver } from './sla.resolver.ts';
