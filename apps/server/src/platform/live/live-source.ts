import type { LoggedEvent } from '../../kernel/domain-event.ts';
import type { Scope } from '../scope.ts';
import type { StreamHead } from './stream-head.ts';

/** A stretch of time and of the log: what happened after `since` up to `head`. */
export interface LiveStep {
  readonly since: StreamHead;
  readonly head: StreamHead;
  /** In order; all of the workspace's, not only those that concern the source. */
  readonly events: readonly LoggedEvent[];
  /** What was said besides the log: who is where, what time has come. Each once. */
  readonly signals: readonly string[];
}

/**
 * What a step brings to those who follow: the same to all, or to each by what they hold. `each` is pure and answers what
 * the follower is told, null for nothing, and what they hold from then on.
 */
type Outcome<Payload> = { readonly payloads: readonly Payload[] } | { readonly each: (held: unknown) => Told<Payload> };

interface Told<Payload> {
  readonly payload: Payload | null;
  readonly held: unknown;
}

/**
 * What a subscription follows. One source serves everybody who asks the same operation with the same variables, so it
 * reads nothing of a viewer except by rules; see SampleViewer.
 */
export interface LiveSource<Payload = unknown> {
  /** The subjects that concern it. Nothing happens to it when none of these is named. */
  readonly topics: readonly string[];
  /** Followers with different audiences never share a group; '' for everybody. */
  readonly audience?: string;
  /** The position its followers resume after; null = they begin with the state of now. */
  readonly after?: StreamHead | null;
  /** What somebody new is told first, and what they hold. */
  begin(scope: Scope, head: StreamHead): Promise<{ readonly payloads: readonly Payload[]; readonly held?: unknown }>;
  step(scope: Scope, step: LiveStep): Promise<Outcome<Payload>>;
  /** The payload alone says what is answered, whatever the root field's arguments: other questions may share the answer. */
  readonly selfContained?: boolean;
  /** How long it rests after a step, in milliseconds: what happens meanwhile becomes one step. */
  readonly restMs?: number;
  /** What somebody is told who cannot be told what they missed. Without it they begin anew. */
  reload?(head: StreamHead): Payload;
  /** What says that nothing was missed up to a position: told now and then, so that a silent stream is known to be whole. */
  heartbeat?(head: StreamHead): Payload;
  /** Called for each follower; the answer is called when they go. */
  open?(): () => void;
}
