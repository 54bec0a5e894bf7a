import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One realm of graphql: packages load its CommonJS entry, so our own files must too.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['src/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['reflect-metadata'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: PostgreSQL and Redis want a share.
    maxWorkers: 2,
  },
});
