export { BulkItem, BulkJob } from './bulk.entity.ts';
export { BulkWatch } from './bulk-watch.ts';
export { reopenBulkItem } from './reopen-bulk-item.ts';
