export { Attachment, AttachmentOwner } from './attachment.entity.ts';
export { AttachmentEvent } from './attachment.events.ts';
export { claimFiles, discard, handOverFiles, type FileOwner } from './claim-files.ts';
export { FileCleaner } from './file-cleaner.ts';
export type { FileLimits } from './upload-file.ts';
