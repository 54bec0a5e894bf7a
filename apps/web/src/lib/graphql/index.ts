export { createGraphqlClient } from './client.ts';
export { provideGraphql, useGraphql } from './context.ts';
export { mutate, send } from './mutate.ts';
export { refusalOf } from './refusal.ts';
export { LiveQuery } from './query.svelte.ts';
export { openSocket } from './socket.ts';
