/** The played AWS keeps the ports' promises through each of its doors. */
import { afterAll } from 'vitest';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { type Door, openDoor } from '../../local/door.ts';
import { toRequestHandler } from '../../local/in-process.ts';
import { toWorldPorts } from '../../local/ports.ts';
import { bakedImageId, toWorld, type World } from '../../local/world.ts';
import { type Clients, toClients } from '../../shared/adapters/clients.ts';
import { types } from '../stage.ts';
import { describeBakes } from './bakes.ts';
import { type Bench, describePorts } from './suite.ts';

const start = Date.UTC(2026, 10, 22, 5);
const nano = { type: 't3.nano', zone: 'us-east-1a' };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const doors: Door[] = [];

afterAll(async () => {
  for (const door of doors) await door.close();
});

const startDirect = async () => {
  const world = makeWorld();
  return toBench(world, toDirectClients(toCall(world)));
};
describePorts('the direct door', startDirect);
describeBakes('the direct door', startDirect);

describePorts('the ports of the simulation', async () => {
  const world = makeWorld();
  const bench = toBench(world, toDirectClients(toCall(world)));
  return { ...bench, toPorts: (config) => toWorldPorts(world, config, async (_, act) => act()) };
});

describePorts('the SDK in process', async () => {
  const world = makeWorld();
  const requestHandler = toRequestHandler(world.call);
  return toBench(world, toSdkClients(undefined, { requestHandler, credentials }));
});

const startLoopback = async () => {
  const world = makeWorld();
  const door = await openDoor({ call: world.call });
  doors.push(door);
  return toBench(world, toSdkClients(door.url, { credentials }));
};
describePorts('the SDK over loopback', startLoopback);
describeBakes('the SDK over loopback', startLoopback);

function makeWorld(): World {
  const zones = ['us-east-1a', 'us-east-1b'];
  return toWorld({ seed: 1, start, market: { zones, types } });
}

function toSdkClients(url: string | undefined, overrides: object): Clients {
  const endpoints = { ec2: url, ssm: url, route53: url };
  return toClients({ region: 'us-east-1', endpoints }, overrides);
}

function toBench(world: World, clients: Clients): Bench {
  const { market, timers } = world;
  return {
    clients,
    imageId: bakedImageId,
    now: () => timers.now,
    settle: () => timers.advance(timers.now + 60_000),
    setPrice: (perHour) => market.setSpot(nano, timers.now, perHour),
    takeCapacity: () => market.setCapacity(nano, 'spot', false),
  };
}
