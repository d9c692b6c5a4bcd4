/** Suites: `npm test` needs only Node; what the others need stands in `.ci/run`. */
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
          exclude: [
            'test/{peers,image,install,clients,handover,cutover,terminal,vm,web}/**',
            'test/secrets/planted.test.ts',
          ],
          setupFiles: ['test/setup.ts'],
          testTimeout,
        },
      },
      {
        test: {
          name: 'secrets',
          include: ['test/secrets/planted.test.ts'],
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
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          globalSetup: 'test/clients/setup.ts',
          testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        test: {
          name: 'handover',
          // Each wait in them is for something that comes, however busy the machine is.
          include: ['test/handover/**/*.test.ts'],
          globalSetup: 'test/handover/setup.ts',
          setupFiles: ['test/setup.ts'],
          testTimeout: 5 * testTimeout,
          hookTimeout: testTimeout,
        },
      },
      {
        test: {
          name: 'cutover',
          include: ['test/cutover/**/*.test.ts'],
          globalSetup: 'test/handover/setup.ts',
          setupFiles: ['test/setup.ts'],
          testTimeout: 5 * testTimeout,
        },
      },
      {
        test: {
          name: 'vm',
          include: ['test/vm/**/*.test.ts'],
          globalSetup: 'test/vm/setup.ts',
          setupFiles: ['test/setup.ts'],
          // An emulator on a busy machine takes its time; each wait is for something that comes.
          testTimeout: 10 * testTimeout,
          hookTimeout: 5 * testTimeout,
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
