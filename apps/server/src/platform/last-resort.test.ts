import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const lastResort = new URL('./last-resort.ts', import.meta.url).href;

/** Runs a process in which something is not caught; it prints "served" if it still serves afterwards. */
function processWith(uncaught: string) {
  const program = `
    import { handleUncaught } from ${JSON.stringify(lastResort)};
    const log = (details, message) => console.error(message);
    handleUncaught({ error: log, fatal: log }, () => process.exit(1));
    setTimeout(() => console.log('served'), 50);
    ${uncaught}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

it('keeps serving after a promise that nothing handles was rejected', () => {
  expect(processWith(`Promise.reject(new Error('lost'));`)).toEqual({
    status: 0,
    stdout: 'served',
    stderr: 'unhandled promise rejection, serving continues',
  });
});

it('keeps serving after a connection without an error listener was reset', () => {
  const reset = `setImmediate(() => { throw Object.assign(new Error('read'), { code: 'ECONNRESET' }) });`;
  expect(processWith(reset)).toEqual({ status: 0, stdout: 'served', stderr: 'unhandled connection error, serving continues' });
});

it('ends the process after any other exception, for its supervisor to restart it', () => {
  expect(processWith(`setImmediate(() => { throw new TypeError('broken') });`)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'uncaught exception, the process stops',
  });
});
