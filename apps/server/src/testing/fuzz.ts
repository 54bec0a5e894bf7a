import fc from 'fast-check';
import { expect, inject } from 'vitest';
import { ServerProcess } from './server-process.ts';
import { World, type Person } from './world.ts';

export interface FuzzOptions {
  /** Inputs of the short form, which is part of the test suite. */
  readonly runs: number;
  /** The part of the time that this test takes in the long form, if its file has several; 1 by default. */
  readonly share?: number;
}

/** Time beyond the long form that a test may take. */
const reserveMs = 120_000;

/** The timeout of a test that fuzzes. */
export function fuzzTimeout(): number {
  return inject('fuzz').seconds * 1000 + reserveMs;
}

/**
 * Checks generated inputs: a fixed number, or as many as fit into FUZZ_SECONDS. A failure reports its input, and
 * FUZZ_SEED with the printed value repeats the same inputs.
 */
export async function fuzz<Input>(
  what: string,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => Promise<void>,
  { runs, share = 1 }: FuzzOptions,
): Promise<void> {
  const { seed, seconds } = inject('fuzz');
  const isLong = seconds > 0;
  let count = 0;
  console.log(`Fuzzing ${what} with FUZZ_SEED=${seed}`);
  const property = fc.asyncProperty(inputs, async (input) => {
    await check(input);
    count += 1;
  });
  await fc.assert(property, {
    seed,
    numRuns: isLong ? Number.MAX_SAFE_INTEGER : runs,
    // A server that died fails every smaller input too, so shrinking would mislead.
    endOnFailure: true,
    ...(isLong ? { interruptAfterTimeLimit: seconds * share * 1000, markInterruptAsFailure: false } : {}),
  });
  console.log(`Fuzzed ${what}: ${count} inputs`);
}

/** What a test sends hostile input to: a server process, and another user that it must not disturb. */
export interface Target {
  readonly world: World;
  readonly witness: Person;
  readonly server: ServerProcess;
  stop(): Promise<void>;
}

/** Starts a server process on a separate database. */
export async function startTarget(settings: Readonly<Record<string, string>>): Promise<Target> {
  const world = await World.open();
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

/**
 * Sends an input to a server and checks that it lives and answers another user within a second. Other load of the machine
 * can delay an answer too, so a slow one counts only if the same input is slow again.
 */
export async function expectHarmless(target: Pick<Target, 'server' | 'witness'>, send: () => Promise<void>): Promise<void> {
  await send();
  if ((await answerTime(target)) <= answerWithinMs) return;
  await send();
  expect(await answerTime(target)).toBeLessThanOrEqual(answerWithinMs);
}

async function answerTime({ server, witness }: Pick<Target, 'server' | 'witness'>): Promise<number> {
  const started = performance.now();
  const { data } = await server.ask(witness.secret, '{ viewer { email } }').catch((error: unknown) => {
    throw new Error(`the server does not answer; it ${server.isAlive ? 'lives' : 'died'}:\n${server.output}`, { cause: error });
  });
  expect(data.viewer.email).toBe(witness.member.email);
  return performance.now() - started;
}
