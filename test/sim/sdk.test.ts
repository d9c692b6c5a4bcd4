/** The promises hold through the real SDK too: its serializers, its signer, its retries, its reading of answers. */
import { afterEach, expect, it, vi } from 'vitest';
import { toRequestHandler } from '../../local/in-process.ts';
import { toRandom } from '../../local/random.ts';
import { toClients } from '../../shared/adapters/clients.ts';
import { toPorts } from '../../shared/wire.ts';
import type { Door } from './loop.ts';
import { simulate } from './simulation.ts';
import { storm, type Weather, weathers } from './weather.ts';

const endpoints = { ec2: undefined, ssm: undefined, route53: undefined };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type SdkRequest = { headers: Record<string, string>; body?: unknown };

function toDoor(options: object, see: (request: SdkRequest) => void = () => {}): Door {
  return (world, config, reach) => {
    const { handle } = toRequestHandler((service, operation, input) =>
      reach(operation, () => world.call(service, operation, input)),
    );
    const requestHandler = {
      handle(request: Parameters<typeof handle>[0]) {
        see(request);
        return handle(request);
      },
    };
    const clients = toClients(
      { region: 'us-east-1', endpoints },
      { requestHandler, credentials, ...options },
    );
    return toPorts(config, clients, () => world.timers.now);
  };
}

/** The SDK waits between its tries, for a time by chance: here both are the story's. */
function withRetries(tries: { again: number; launches: Set<string> }): Door {
  const { next } = toRandom(1);
  vi.spyOn(Math, 'random').mockImplementation(next);
  const door = toDoor({}, ({ headers, body }) => {
    const attempt = headers['amz-sdk-request'] ?? '';
    if (!attempt.startsWith('attempt=1;')) tries.again++;
    const isLaunch = typeof body === 'string' && body.includes('Action=RunInstances&');
    if (isLaunch) tries.launches.add(attempt);
  });
  return (world, ...others) => {
    vi.stubGlobal('setTimeout', (run: () => void, ms: number) => world.timers.after(ms, run));
    return door(world, ...others);
  };
}

it('in a storm, with retries as in production, and all comes to rest after it', async () => {
  const run = async () => {
    const tries = { again: 0, launches: new Set<string>() };
    const story = { seed: 1, hours: 5, weather: { ...storm, callFaults: 0.1 } };
    const { broken, digest } = await simulate({ ...story, door: withRetries(tries) });
    return { broken, digest, tries };
  };
  const told = await run();
  expect(told.broken).toEqual([]);
  expect(told.tries.again).toBeGreaterThan(30);
  // What EC2 may have launched is not asked for twice.
  expect([...told.tries.launches]).toEqual(['attempt=1; max=1']);
  expect(await run()).toEqual(told);
});

it.each([...weathers.keys()])(
  'and nothing gets lost on the way: %s weather is the one that is told without the SDK',
  async (name) => {
    // The order of calls side by side is the SDK's own, and with it which of them fails.
    const weather = {
      ...(weathers.get(name) as Weather),
      callFaults: 0,
      crashes: 0,
      outagesPerHour: 0,
    };
    const story = { seed: 5, hours: 4, weather, keepTrace: true };
    const bySdk = await simulate({ ...story, door: toDoor({ maxAttempts: 1 }) });
    expect(bySdk.trace).toEqual((await simulate(story)).trace);
  },
);
