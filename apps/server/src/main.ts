import { fileURLToPath } from 'node:url';
import { openApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { openDesk, type Desk } from './desk.ts';
import { demoMembers, demoPassword, makeDemo } from './domains/demo/index.ts';
import { Workspace } from './domains/identity/index.ts';
import { exclusively } from './platform/exclusively.ts';
import { startWatchdog } from './platform/event-loop-watchdog.ts';
import { handleUncaught } from './platform/last-resort.ts';
import { createLogger } from './platform/logger.ts';
import { explainStartFault } from './start-fault.ts';

const pagesPath = fileURLToPath(new URL('../../web/build/handler.js', import.meta.url));

/** One node: database, live engine, doors. */
async function start(config: Config): Promise<() => Promise<void>> {
  const logger = createLogger(config.logLevel);
  handleUncaught(logger, () => void stop(1));
  const desk = await openDesk(config, logger);
  try {
    if (config.demo) await exclusively(desk.orm, 'demo', () => ensureDemo(desk, config.demoTickets));
    const app = await openApp(desk, { ...config, pagesPath }, logger);
    await app.http.listen({ port: config.port, host: config.host });
    desk.start();
    // Not earlier: migrations and the demo workspace may block for long, once.
    if (config.watchdogSeconds > 0) startWatchdog(config.watchdogSeconds * 1000);
    process.send?.({ kind: 'listening' });
    await greet(desk, config);
    return async () => {
      await app.close();
      await desk.close();
    };
  } catch (error) {
    await desk.close();
    throw error;
  }
}

async function ensureDemo(desk: Desk, tickets: number): Promise<void> {
  if ((await desk.orm.em.fork().count(Workspace)) > 0) return;
  const started = Date.now();
  let shown = -1;
  await makeDemo({
    scopeFor: desk.scopeFor,
    systemScope: desk.systemScope,
    now: new Date(),
    tickets,
    contacts: 300,
    onProgress(done, of) {
      const percent = Math.floor((done / of) * 10) * 10;
      if (percent === shown) return;
      shown = percent;
      console.log(`Making a demo desk: ${done} of ${of} tickets`);
    },
  });
  console.log(`Made the demo desk in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

async function greet(desk: Desk, { publicUrl, graphiql }: Config): Promise<void> {
  console.log(`\nBaton is at ${publicUrl}${graphiql ? `   (GraphiQL: ${publicUrl}/graphiql)` : ''}`);
  if ((await desk.orm.em.fork().count(Workspace, { demo: true })) > 0) {
    console.log(`\nDemo sign-ins, all with the password ${demoPassword}:`);
    for (const { name, email, role } of demoMembers) console.log(`  ${email.padEnd(20)} ${role.padEnd(12)} ${name}`);
  }
  console.log('\nCtrl-C stops it.');
}

/** After the requests, workers end what they do; a stop that takes longer is cut short. */
const workersDeadlineMs = 15_000;

let stopping = false;
let stopDeadlineMs = workersDeadlineMs;
let close: (() => Promise<void>) | undefined;

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => {
    console.error(`Baton did not stop within ${stopDeadlineMs / 1000} s and was ended.`);
    process.exit(code || 1);
  }, stopDeadlineMs).unref();
  try {
    await close?.();
    process.exit(code);
  } catch (error) {
    console.error('Baton could not stop in order:', error);
    process.exit(1);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
// The launcher that opened the channel is gone, so no signal would come.
process.on('disconnect', () => void stop(0));

try {
  const config = readConfig(process.env);
  stopDeadlineMs += (config.shutdownDelaySeconds + config.drainSeconds) * 1000;
  close = await start(config);
} catch (error) {
  console.error(`\n${explainStartFault(error, process.env)}`);
  process.exit(1);
}
