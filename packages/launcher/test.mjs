// npm test: installs what is missing, then builds and runs everything.
import { ensureInstalled, run } from './ensure.mjs';

ensureInstalled();
const { redisCommand } = await import('./redis.mjs');
const { chromiumCommand } = await import('./chromium.mjs');
try {
  redisCommand();
  chromiumCommand();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
run('packages/launcher/check.mjs', []);
