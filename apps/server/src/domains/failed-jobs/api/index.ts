export { FailedJobResolver } from './failed-job.resolver.ts';
