export { authenticateClient, clientRightsBehind, tokenPrefix } from './client-token.ts';
export { mailReplies } from './mail-replies.ts';
export { MessageReceipt } from './message-receipt.entity.ts';
export { PublicLink } from './public-link.entity.ts';
export { LinkDesk } from './share-ticket.ts';
