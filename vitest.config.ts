// The test runner: real sockets, ptys and files, so few workers and generous limits; a test never relies on them.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{gateway,devices,firmware-bridge,simulators,config,docs,bench,.ci}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
