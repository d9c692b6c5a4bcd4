/** An adoption from the how-to's own to the new server: in its order, and broken off at every call that it makes. */
import { expect, it } from 'vitest';
import { toDirectClients } from '../../local/direct.ts';
import { type InstanceRecord, isAlive, toState } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { type AwsEvent, bakedImageId, type ServiceName } from '../../local/world.ts';
import { carryOut } from '../../scripts/vpn/adopt/carry-out.ts';
import { look } from '../../scripts/vpn/adopt/look.ts';
import { type Means, toMeans } from '../../scripts/vpn/adopt/means.ts';
import { readPieces } from '../../scripts/vpn/adopt/pieces.ts';
import { toAdoption } from '../../scripts/vpn/adopt/plan.ts';
import type { Caller } from '../../scripts/vpn/caller.ts';
import { must } from '../../shared/adapters/answers.ts';
import { toSignal } from '../../shared/core/signal.ts';
import { reconcile } from '../../shared/reconcile.ts';
import { toPorts } from '../../shared/wire.ts';
import { desire, setStage } from '../stage.ts';

const pieces = readPieces('test/fixtures/how-to');
const passwords = pieces.logins.map(({ user, password }) => [user, password]);
const minuteMs = 60_000;

/** What is told of each call of the person's before it is made; what it throws they meet. */
type Watch = (operation: string) => void;

/** The how-to's server runs on its persistent request; the loop runs, and is wanted off. */
function setOld() {
  const { world, config } = setStage();
  const { timers } = world;
  const events: AwsEvent[] = [];
  world.onEvent((event) => events.push(event));
  desire(world, { power: 'off', imageId: bakedImageId });
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
    InstanceMarketOptions: {
      MarketType: 'spot',
      SpotOptions: { SpotInstanceType: 'persistent', MaxPrice: '0.02' },
    },
  });
  const [request] = world.spotRequests.values();
  const requestId = must(request?.SpotInstanceRequestId, 'a request');
  const serverId = must(request?.InstanceId, 'its server');
  const loop = toPorts(
    config,
    toDirectClients(async (...call) => world.call(...call)),
    () => timers.now,
  );
  const live = async (ms: number) => {
    for (const until = timers.now + ms; timers.now < until; ) {
      timers.advance(Math.min(until, timers.now + 5_000));
      const signals = events.splice(0).map((event) => toSignal(event, 'home'));
      if (timers.now % minuteMs < 5_000) signals.push({ kind: 'tick' });
      for (const signal of signals) await reconcile(loop, config.policy, signal);
    }
  };
  const named = (): InstanceRecord | undefined =>
    [...world.instances.values()].find(
      (one) => isAlive(one) && one.address === world.resolve(config.name),
    );
  /** Whether whoever goes to the name gets in as before. */
  const servesAll = () => {
    const id = named()?.id ?? '';
    return passwords.every(([user = '', password = '']) => world.guests.logsIn(id, user, password));
  };
  const toOwn = (watch: Watch): Means => {
    const clients = toDirectClients(async (service: ServiceName, operation, input) => {
      watch(operation);
      timers.advance(timers.now + 20);
      return world.call(service, operation, input);
    });
    const means = toMeans({ settings: config, clients, options: never, now: () => timers.now }, 60);
    return { ...means, caller: patient(means.caller, live) };
  };
  const isCancelled = () => world.spotRequests.get(requestId)?.State === 'cancelled';
  return { world, requestId, serverId, live, named, servesAll, isCancelled, toOwn };
}

type OldStage = ReturnType<typeof setOld>;

/** It asks AWS by clients that it is given. */
const never = undefined as never;

/** Instead of asking the API to wait, time passes. */
function patient({ ask }: Caller, live: (ms: number) => Promise<void>): Caller {
  return {
    async ask(method, path, { query, ...asking } = {}) {
      if (query?.wait) await live(Number(query.wait) * 1_000);
      return ask(method, path, asking);
    },
  };
}

/** The whole command, but for its questions. */
async function adopt(
  { requestId, toOwn }: OldStage,
  { endsServer = false, watch = () => undefined }: { endsServer?: boolean; watch?: Watch } = {},
) {
  const said: string[] = [];
  const means = toOwn(watch);
  const seen = await look(means, { requestId, imageId: null });
  const adoption = toAdoption(pieces, seen, endsServer);
  const screen = {
    json: false,
    isTerminal: false,
    width: 80,
    show: () => undefined,
    tell: () => undefined,
    note: (text: string) => said.push(text),
    during: <T>(_: string, work: (say: () => void) => Promise<T>) => work(() => undefined),
  };
  const { signal } = new AbortController();
  const reach = {
    direct: true,
    local: false,
    api: undefined,
    tokenFile: undefined,
    config: undefined,
  };
  await carryOut({ screen, signal, env: {}, reach, now: Date.now }, adoption, means);
  return said;
}

it('goes in its order, and lets go of the old only once the new lets everybody in', async () => {
  const stage = setOld();
  const operations: string[] = [];
  const said = await adopt(stage, {
    watch(operation) {
      if (operation === 'CancelSpotInstanceRequests') expect(stage.servesAll()).toBe(true);
      operations.push(operation);
    },
  });
  expect(said.map((line) => line.replace(stage.requestId, 'sir'))).toEqual([
    'user01 is a user now',
    'user02 is a user now',
    'user03 is a user now',
    'vpn.example.org serves, and lets everybody in',
    'sir is cancelled: it launches nothing any more',
  ]);
  expect(stage.isCancelled()).toBe(true);
  // Devices with the old name go on.
  expect(toState(must(stage.world.instances.get(stage.serverId), 'the old'))).toBe('running');
  await adopt(stage, { endsServer: true });
  await stage.live(10 * minuteMs);
  const alive = [...stage.world.instances.values()].filter(isAlive).map(({ id }) => id);
  expect(alive).toEqual([stage.named()?.id]);
  expect(alive).not.toContain(stage.serverId);
  expect(stage.servesAll()).toBe(true);
});

it('wherever it breaks off it loses nothing, and goes on when it is done again', async () => {
  for (let last = 1; ; last++) {
    const stage = setOld();
    let calls = 0;
    let isBroken = false;
    const watch = () => {
      calls += 1;
      if (calls !== last) return;
      isBroken = true;
      throw new AwsFault('InternalError', 'The line is cut', 500);
    };
    await adopt(stage, { watch }).catch((error: unknown) => {
      if (!isBroken) throw error;
    });
    if (!isBroken) {
      // Three users, a wish, and all that is looked at before and meanwhile.
      expect(last).toBeGreaterThan(30);
      return;
    }
    if (stage.isCancelled()) expect(stage.servesAll()).toBe(true);
    await adopt(stage);
    expect(stage.isCancelled()).toBe(true);
    expect(stage.servesAll()).toBe(true);
  }
});

it('leaves alone what users have changed since', async () => {
  const stage = setOld();
  await adopt(stage);
  await stage.toOwn(() => undefined).caller.ask('POST', '/users/user01/rotate');
  await stage.live(5 * minuteMs);
  expect(await adopt(stage)).toEqual([]);
  await stage.live(5 * minuteMs);
  const id = stage.named()?.id ?? '';
  expect(stage.world.guests.logsIn(id, 'user01', 'osvCylQX')).toBe(false);
  expect(stage.world.guests.logsIn(id, 'user02', 'TIRUssa3')).toBe(true);
});
