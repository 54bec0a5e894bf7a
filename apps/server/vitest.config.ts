import { defineConfig } from 'vitest/config';

/** Time of all that is fuzzed; 0 = the short form with a fixed number of inputs. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
/** The short form repeats the same inputs; npm run fuzz gives a new seed each time. */
const seed = Number(process.env.FUZZ_SEED ?? 1_060_410_169);
/** Where each target appends its figures, as a line of JSON. */
const report = process.env.FUZZ_REPORT ?? '';

export default defineConfig({
  // One realm of graphql: packages load its CommonJS entry, so our own files must too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['src/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    provide: { fuzz: { seed, seconds, report } },
    setupFiles: ['reflect-metadata'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: PostgreSQL and Redis want a share.
    maxWorkers: 2,
  },
});
