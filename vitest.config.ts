/** Suites: `npm test` needs only Node; `npm run test:peers` needs Python's moto and awscli. */
import { defineConfig } from 'vitest/config';

const testTimeout = 60_000;

export default defineConfig({
  test: {
    testTimeout,
    projects: [
      {
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{peers,web}/**'],
          setupFiles: ['test/setup.ts'],
          testTimeout,
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          globalSetup: 'test/peers/setup.ts',
          testTimeout,
        },
      },
      {
        test: {
          name: 'web',
          include: ['test/web/**/*.test.ts'],
          globalSetup: 'test/web/setup.ts',
          testTimeout,
        },
      },
    ],
  },
});
