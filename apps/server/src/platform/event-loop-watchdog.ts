import { Worker } from 'node:worker_threads';

export interface Watchdog {
  stop(): Promise<void>;
}

/** The event loop is looked at this many times within the limit. */
const looks = 10;

/**
 * The thread that ends the process. It counts looks, not time, so a machine that was suspended does not count as hung.
 * Plain JavaScript in a string: a bundle has no separate file for it. A worker cannot use the logger of the main thread,
 * which writes through the event loop that hangs.
 */
const watcher = `
  const { workerData: { beats, limitMs, looks } } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  let seen = -1;
  let missed = 0;
  for (;;) {
    Atomics.wait(beats, 1, 0, limitMs / looks);
    if (Atomics.load(beats, 1) === 1) break;
    const now = Atomics.load(beats, 0);
    missed = now === seen ? missed + 1 : 0;
    seen = now;
    if (missed < looks) continue;
    const msg = 'event loop blocked for ' + limitMs / 1000 + ' s, the process is ended';
    try {
      writeSync(2, JSON.stringify({ level: 60, time: Date.now(), pid: process.pid, msg }) + '\\n');
    } finally {
      process.kill(process.pid, 'SIGKILL');
    }
  }`;

/**
 * Ends the process with SIGKILL when its event loop has been blocked for `limitMs`: a process that hangs serves no request
 * and obeys no signal, and its supervisor sees only that it still runs.
 */
export function startWatchdog(limitMs: number): Watchdog {
  const beats = new Int32Array(new SharedArrayBuffer(8));
  const timer = setInterval(() => Atomics.add(beats, 0, 1), limitMs / looks / 2);
  timer.unref();
  const worker = new Worker(watcher, { eval: true, execArgv: [], workerData: { beats, limitMs, looks } });
  worker.unref();
  return {
    async stop() {
      clearInterval(timer);
      Atomics.store(beats, 1, 1);
      Atomics.notify(beats, 1);
      await worker.terminate();
    },
  };
}
