export { AttachmentResolver, MessageFilesResolver, NoteFilesResolver, TicketFilesResolver } from './attachment.resolver.ts';
export { serveFiles } from './file-routes.ts';
