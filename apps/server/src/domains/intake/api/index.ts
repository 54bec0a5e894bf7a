export { IntakeResolver } from './intake.resolver.ts';
