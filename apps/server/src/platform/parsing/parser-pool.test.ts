import { afterAll, expect, it } from 'vitest';
import { InvalidInput } from '../../kernel/domain-error.ts';
import { ParserPool } from './parser-pool.ts';

const pool = new ParserPool({
  entry: new URL('../../testing/hostile-parsers.ts', import.meta.url),
  threads: 2,
  memoryMb: 32,
  queued: 10,
  idleMs: 60_000,
});
afterAll(() => pool.close());

const limits = { timeMs: 1000, input: 1000, output: 10_000 };
const run = (parser: string, text = 'text', to: Partial<typeof limits> = {}) =>
  pool.run<string>({ parser, text, limits: { ...limits, ...to } });

it('returns the result of a parser, and its refusal with the field', async () => {
  expect(await run('echo', 'привіт')).toBe('привіт');
  await expect(run('refuse', 'x')).rejects.toThrow(new InvalidInput('Invalid text: x.', 'text'));
  await expect(run('refuse', 'x')).rejects.toMatchObject({ field: 'text' });
});

it('ends parsers that never finish, without blocking the event loop or other tasks', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);

  const hostile = [run('loop'), run('backtrack')].map((one) => one.catch((error: unknown) => error));
  // Both threads are taken, so this one waits until a worker has been replaced.
  const friendly = run('echo', 'after');

  expect(await Promise.all(hostile)).toMatchObject([{ limit: 'TIME' }, { limit: 'TIME' }]);
  expect(await friendly).toBe('after');
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(20);
});

it('ends a parser that needs too much memory or recursion', async () => {
  await expect(run('hoard', '', { timeMs: 20_000 })).rejects.toMatchObject({ limit: 'MEMORY' });
  await expect(run('recurse')).rejects.toMatchObject({ limit: 'MEMORY' });
  expect(await run('echo', 'still here')).toBe('still here');
});

it('refuses input, output and queues above their limits', async () => {
  await expect(run('echo', 'x'.repeat(1001))).rejects.toMatchObject({ limit: 'INPUT' });
  await expect(run('multiply', 'x'.repeat(100))).rejects.toMatchObject({ limit: 'OUTPUT' });
  const many = await Promise.allSettled(Array.from({ length: 30 }, () => run('echo')));
  const refused = many.filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({ reason: { limit: 'QUEUE' } });
});

it('fails every task that waits when a worker cannot start', async () => {
  const broken = new ParserPool({
    entry: new URL('./no-such-file.ts', import.meta.url),
    threads: 1,
    memoryMb: 32,
    queued: 10,
    idleMs: 1000,
  });
  await expect(broken.run({ parser: 'echo', text: '', limits })).rejects.toThrow('no-such-file');
});
