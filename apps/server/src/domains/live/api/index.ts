export { PresenceResolver } from './presence.resolver.ts';
export { StreamPositionResolver } from './stream-position.resolver.ts';
