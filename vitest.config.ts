/** Suites: `npm test` needs only Node; `test:image` Python and shellcheck; `test:cli` tmux; `test:peers` Debian, Python with venv, and Perl. */
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
          exclude: ['test/{peers,image,install,terminal,web}/**'],
          setupFiles: ['test/setup.ts'],
          testTimeout,
        },
      },
      {
        test: {
          name: 'image',
          include: ['test/image/**/*.test.ts'],
          globalSetup: 'test/image/setup.ts',
          setupFiles: ['test/setup.ts'],
          testTimeout,
        },
      },
      {
        test: {
          name: 'install',
          include: ['test/install/**/*.test.ts'],
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
          name: 'terminal',
          include: ['test/terminal/**/*.test.ts'],
          testTimeout: 5 * testTimeout,
        },
      },
      {
        test: {
          name: 'web',
          include: ['test/web/**/*.test.ts'],
          globalSetup: 'test/web/setup.ts',
          // Each wait in them is for something that comes, however busy the machine is.
          testTimeout: 15 * testTimeout,
          hookTimeout: 5 * testTimeout,
        },
      },
    ],
  },
});
