export { BulkActivityResolver, BulkItemResolver, BulkResolver } from './bulk.resolver.ts';
