/**
 * Suites: `npm test` needs only Node; `test:image` Python and shellcheck; `test:handover` root and wireguard-go;
 * `test:peers` Debian, Python with venv, and Perl.
 */
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
          exclude: ['test/{peers,image,install,web,handover}/**'],
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
          name: 'handover',
          include: ['test/handover/**/*.test.ts'],
          globalSetup: 'test/handover/setup.ts',
          setupFiles: ['test/setup.ts'],
          testTimeout,
          hookTimeout: 60_000,
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
