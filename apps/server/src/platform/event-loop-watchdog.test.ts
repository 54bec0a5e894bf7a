import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const watchdog = new URL('./event-loop-watchdog.ts', import.meta.url).href;

function processWith(work: string) {
  const program = `
    import { startWatchdog } from ${JSON.stringify(watchdog)};
    const watchdog = startWatchdog(1000);
    ${work}`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8', timeout: 25_000 });
}

it('ends a process whose event loop hangs, and logs why', () => {
  const { signal, stderr } = processWith(`setTimeout(() => { for (;;); }, 100);`);

  expect(signal).toBe('SIGKILL');
  expect(JSON.parse(stderr)).toMatchObject({ level: 60, msg: 'event loop blocked for 1 s, the process is ended' });
});

it('leaves a process alone that is busy and still answers', () => {
  const busy = `
    const end = performance.now() + 3000;
    const block = () => {
      const until = performance.now() + 300;
      while (performance.now() < until);
      if (performance.now() < end) setTimeout(block, 20);
      else watchdog.stop();
    };
    block();`;
  expect(processWith(busy)).toMatchObject({ status: 0, stderr: '' });
});
