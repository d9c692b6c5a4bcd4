/** The promises hold through the real SDK too: its serializers, its signer, its reading of answers and errors. */
import { expect, it } from 'vitest';
import { toRequestHandler } from '../../local/in-process.ts';
import { toClients } from '../../shared/adapters/clients.ts';
import { toPorts } from '../../shared/wire.ts';
import type { Door } from './loop.ts';
import { simulate } from './simulation.ts';
import { storm } from './weather.ts';

const endpoints = { ec2: undefined, ssm: undefined, route53: undefined };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Without the SDK's own retries, which wait in real time: what fails is the pass's to bear. */
const sdk: Door = (world, config, reach) => {
  const requestHandler = toRequestHandler((service, operation, input) =>
    reach(operation, () => world.call(service, operation, input)),
  );
  const overrides = { requestHandler, credentials, maxAttempts: 1 };
  const clients = toClients({ region: 'us-east-1', endpoints }, overrides);
  return toPorts(config, clients, () => world.timers.now);
};

it.each([1])('in a storm, and all comes to rest after it (seed %i, 6 h)', async (seed) => {
  const { broken, interruptions, launches } = await simulate({
    seed,
    hours: 6,
    weather: storm,
    door: sdk,
  });
  expect(broken).toEqual([]);
  expect(launches).toBeGreaterThan(interruptions);
});

it('and nothing gets lost on the way: the story is the one that is told without the SDK', async () => {
  const story = {
    seed: 3,
    hours: 5,
    weather: { ...storm, callFaults: 0, crashes: 0 },
    keepTrace: true,
  };
  const [direct, bySdk] = [await simulate(story), await simulate({ ...story, door: sdk })];
  expect(bySdk.trace).toEqual(direct.trace);
});
