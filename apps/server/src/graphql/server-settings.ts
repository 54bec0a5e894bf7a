import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { RateLimits } from '../platform/rate-limits.ts';
import type { ContextFactory, LiveSources } from './context.ts';
import type { OperationGate } from './operation-gate.ts';
import type { OperationsInFlight } from './operations-in-flight.ts';
import type { SocketLimitSettings } from './socket-limits.ts';

export interface GraphqlServerSettings {
  readonly schema: GraphQLSchema;
  readonly factory: ContextFactory;
  readonly live: LiveSources;
  readonly logger: Logger;
  /** Pages of this origin may open a socket with the cookie of a member; pages of other origins may not. */
  readonly publicUrl: string;
  readonly gate: OperationGate;
  readonly limits: RateLimits;
  /** Shared by the schemas of a node. */
  readonly inFlight: OperationsInFlight;
  readonly clock: Clock;
  /** Proxies whose X-Forwarded-For header names the client, as for requests. */
  readonly trustedProxies: readonly string[];
  readonly socketLimits: SocketLimitSettings;
  /** Time from the handshake to `connection_init`. */
  readonly socketInitMs: number;
  readonly path: string;
}
