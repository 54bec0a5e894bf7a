import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, inject } from 'vitest';
import { ServerProcess } from './server-process.ts';
import { World, type Person } from './world.ts';

export interface FuzzOptions {
  /** Inputs of the short form, which is part of the test suite. */
  readonly runs: number;
  /** The part of the time of the long form that this target takes. Those of all targets add up to 1. */
  readonly share: number;
  /** What the inputs are sent to, if it is a server process. */
  readonly target?: () => Pick<Target, 'server'>;
}

/** Time beyond the long form that a test may take. */
const reserveMs = 120_000;

/** The timeout of a test that fuzzes. */
export function fuzzTimeout(): number {
  return inject('fuzz').seconds * 1000 + reserveMs;
}

/** The slowest answer to another user in the target that is fuzzed at present. */
let slowestMs = 0;

/**
 * Checks generated inputs: a fixed number, or as many as fit into the target's share of FUZZ_SECONDS. A failure reports its
 * input, and FUZZ_SEED with the printed value repeats the same inputs. A check of many cases ends early when `isOver`, and
 * returns how many there were; by default it is the length of a list, and 1 for anything else.
 */
export async function fuzz<Input>(
  what: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input, isOver: () => boolean) => Promise<unknown>,
  { runs, share, target }: FuzzOptions,
): Promise<void> {
  const { seed, seconds, report } = inject('fuzz');
  const timeMs = seconds * share * 1000;
  const end = performance.now() + timeMs;
  const isOver = (): boolean => timeMs > 0 && performance.now() >= end;
  let cases = 0;
  let last: Promise<void> | undefined;
  slowestMs = 0;
  console.log(`Fuzzing ${what} with FUZZ_SEED=${seed}`);
  const run = async (input: Input): Promise<void> => {
    const count = await check(input, isOver);
    cases += typeof count === 'number' ? count : Array.isArray(input) ? input.length : 1;
  };
  let passed = false;
  try {
    await fc.assert(
      fc.asyncProperty(inputs, (input) => (last = run(input))),
      {
        seed,
        numRuns: timeMs > 0 ? Number.MAX_SAFE_INTEGER : runs,
        // A server that died fails every smaller input too, so shrinking would mislead.
        endOnFailure: true,
        ...(timeMs > 0 ? { interruptAfterTimeLimit: timeMs, markInterruptAsFailure: false } : {}),
      },
    );
    // fast-check leaves the check behind that it interrupts.
    await last;
    passed = true;
  } finally {
    const internalErrors = target ? serverErrors(target()).length : 0;
    const result = { what, seed, cases, slowestMs: Math.round(slowestMs), internalErrors, passed };
    console.log(`Fuzzed ${what}: ${JSON.stringify(result)}`);
    if (report) appendFileSync(report, `${JSON.stringify(result)}\n`);
  }
}

/** What a test sends hostile input to: a server process, and another user that it must not disturb. */
export interface Target {
  readonly world: World;
  readonly witness: Person;
  readonly server: ServerProcess;
  stop(): Promise<void>;
}

/** Starts a server process on a separate database. */
export async function startTarget(settings: Readonly<Record<string, string>>, opened?: World): Promise<Target> {
  const world = opened ?? (await World.open());
  const witness = await world.person('AGENT', { name: 'Ada' });
  const server = await ServerProcess.start({
    DATABASE_URL: world.databaseUrl,
    LOG_LEVEL: 'error',
    SOCKETS_PER_ADDRESS: '0',
    ...settings,
  });
  return {
    world,
    witness,
    server,
    async stop() {
      await server.stop();
      await world.close();
    },
  };
}

const answerWithinMs = 1000;
/** The short form runs beside other tests, so only an answer that does not come counts. */
const hangMs = 15_000;
const pauseMs = 50;

/**
 * Sends an input to a server. Checks that the process lives and that it answers another user in time, while it handles the
 * input and after it.
 * Other load of the machine can delay an answer too, so a slow one counts only if the same input is slow again.
 */
export async function expectHarmless(target: Pick<Target, 'server' | 'witness'>, send: () => Promise<void>): Promise<void> {
  const limitMs = inject('fuzz').seconds > 0 ? answerWithinMs : hangMs;
  if ((await slowestAnswer(target, send)) <= limitMs) return;
  expect(await slowestAnswer(target, send), 'milliseconds until another user was answered').toBeLessThanOrEqual(limitMs);
}

/** The lines of the log about what the server did not expect, also in subscriptions and background work. */
function serverErrors({ server }: Pick<Target, 'server'>): string[] {
  return server.output.split('\n').filter((line) => line.includes('"level":50') || line.includes('"level":60'));
}

export function expectNoServerError(target: Pick<Target, 'server'>): void {
  expect(serverErrors(target).slice(0, 3)).toEqual([]);
}

/** Asks as another user again and again while an input is handled, and once after it. */
async function slowestAnswer(target: Pick<Target, 'server' | 'witness'>, send: () => Promise<void>): Promise<number> {
  let isSent = false;
  let slowest = 0;
  const sent = send().finally(() => (isSent = true));
  // Rejects below; the witness asks on until then.
  sent.catch(() => undefined);
  for (let isLast = false; !isLast;) {
    isLast = isSent;
    slowest = Math.max(slowest, await answerTime(target));
    if (!isLast) await Promise.race([sent.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  }
  await sent;
  slowestMs = Math.max(slowestMs, slowest);
  return slowest;
}

async function answerTime({ server, witness }: Pick<Target, 'server' | 'witness'>): Promise<number> {
  const started = performance.now();
  const { data } = await server.ask(witness.secret, '{ viewer { email } }').catch((error: unknown) => {
    throw new Error(`the server does not answer; it ${server.isAlive ? 'lives' : 'died'}:\n${server.output.slice(-20_000)}`, {
      cause: error,
    });
  });
  expect(data.viewer.email).toBe(witness.member.email);
  return performance.now() - started;
}
