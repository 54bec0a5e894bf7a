export { Connection } from './connection.svelte.ts';
export { followChanges } from './follow-changes.ts';
export { followState } from './follow-state.svelte.ts';
export { now } from './now.svelte.ts';
export { Outbox, provideOutbox, useOutbox, type OutboxEntry } from './outbox.svelte.ts';
export { PlacePresence } from './presence.svelte.ts';
export { Presences, providePresences, usePresences } from './presences.svelte.ts';
export { default as WhileSeen } from './WhileSeen.svelte';
