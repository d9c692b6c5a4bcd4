/** Suites: `npm test` needs only Node; `npm run test:peers` needs Debian, Python with venv, and Perl. */
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
          exclude: ['test/peers/**'],
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
    ],
  },
});
