/** What no AWS has: `/_world/…` shows the played world as it is, and lets a person make trouble in it. */
import * as v from 'valibot';
import type { Config } from '../shared/config.ts';
import type { Market } from '../shared/core/model.ts';
import { newToken } from '../shared/http/token.ts';
import type { Route } from './door.ts';
import { type InstanceRecord, interrupt, isAlive, toState } from './ec2/instances.ts';
import { AwsFault } from './fault.ts';
import type { MarketPool } from './market.ts';
import type { Pump } from './pump.ts';
import type { Slack } from './slack.ts';
import type { WireRequest, WireResponse } from './wire/messages.ts';
import type { Witness } from './witness.ts';
import { bakedImageId, type World } from './world.ts';

export const worldPrefix = '/_world/';

const power = v.strictObject({ power: v.picklist(['on', 'off']) });
const price = v.strictObject({ perHour: v.pipe(v.number(), v.minValue(0.0001), v.maxValue(10)) });
const capacity = v.strictObject({
  market: v.picklist(['spot', 'on-demand']),
  there: v.boolean(),
});
const notice = v.strictObject({
  noticeSeconds: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(120)), 120),
});
const ssm = v.strictObject({ works: v.boolean() });
const nothing = v.strictObject({});

/** More than anybody reads. */
const messagesShown = 50;

interface Stage {
  world: World;
  witness: Witness;
  config: Config;
  /** What Slack was told, the oldest first. */
  messages: Slack['messages'];
  /** Each pool's price before somebody set another; empty while nobody has. */
  usual: PoolPrice[];
}

interface PoolPrice {
  pool: MarketPool;
  perHour: number;
}

/** By the path's last part. Each changes the world; what all of them answer is how it is then. */
const deeds: Record<string, (stage: Stage, body: unknown) => void> = {
  power({ world, config }, body) {
    setPower(world, config, v.parse(power, body).power);
  },
  price({ world, usual }, body) {
    const { perHour } = v.parse(price, body);
    if (!usual.length) usual.push(...toPrices(world));
    setAllPrices(world, perHour);
  },
  capacity({ world }, body) {
    const { market, there } = v.parse(capacity, body);
    setCapacity(world, market, there);
  },
  interrupt(stage, body) {
    const { noticeSeconds } = v.parse(notice, body);
    interrupt(stage.world, theServer(stage), noticeSeconds * 1_000);
  },
  silence(stage, body) {
    v.parse(nothing, body);
    stage.world.guests.silence(theServer(stage).id);
  },
  ssm({ world }, body) {
    const { works } = v.parse(ssm, body);
    const fault = new AwsFault('InternalServerError', 'Parameter Store is broken just now', 500);
    world.setFaults((service) => (service === 'ssm' && !works ? fault : null));
  },
  restore({ world, usual }, body) {
    v.parse(nothing, body);
    world.setFaults(() => null);
    setCapacity(world, 'spot', true);
    setCapacity(world, 'on-demand', true);
    restorePrices(world, usual.splice(0));
  },
};

export function toWorldRoute(
  world: World,
  witness: Witness,
  config: Config,
  { change }: Pump,
  { messages }: Pick<Slack, 'messages'>,
): Route {
  const stage = { world, witness, config, messages, usual: [] };
  return {
    prefix: worldPrefix,
    handle: (request) =>
      change(() => {
        if (isFromElsewhere(request)) return toJson(403, { error: 'Only this machine may ask' });
        const name = request.path.slice(worldPrefix.length);
        if (request.method === 'GET' && name === '') return toJson(200, describeWorld(stage));
        const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
        if (request.method !== 'POST' || !deed)
          return toJson(404, {
            error: `POST one of ${Object.keys(deeds).join(', ')}, or GET ${worldPrefix}`,
          });
        try {
          deed(stage, toBody(request));
        } catch (error) {
          return toJson(400, { error: error instanceof Error ? error.message : 'not understood' });
        }
        return toJson(200, describeWorld(stage));
      }),
  };
}

/** A page of the web may name this machine as its own host, or post a form to it; neither may change the world. */
function isFromElsewhere({ headers, method }: WireRequest): boolean {
  const host = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? '');
  const json = method === 'GET' || /^application\/json\b/.test(headers['content-type'] ?? '');
  return !host || !json;
}

/** What a person does through the API or the console. */
export function setPower(world: World, { policy }: Config, to: 'on' | 'off'): void {
  world.call('ssm', 'PutParameter', {
    Name: `/perennial/${policy.vpn}/state/desired`,
    Type: 'String',
    Overwrite: true,
    Value: JSON.stringify({ power: to, imageId: bakedImageId }),
  });
}

/** As the CLI does; answers the token, which nobody can read anywhere after this. */
export function makeToken(world: World, { policy }: Config): string {
  const { token, stored } = newToken();
  world.call('ssm', 'PutParameter', {
    Name: `/perennial/${policy.vpn}/api/token`,
    Type: 'String',
    Overwrite: true,
    Value: JSON.stringify(stored),
  });
  return token;
}

function setCapacity(world: World, market: Market, there: boolean): void {
  for (const pool of toPools(world)) world.market.setCapacity(pool, market, there);
}

export function setAllPrices(world: World, perHour: number): void {
  for (const pool of toPools(world)) world.market.setSpot(pool, world.timers.now, perHour);
}

export function theServer(stage: Pick<Stage, 'world' | 'config'>): InstanceRecord {
  const found = findServer(stage);
  if (!found) throw new Error('No server lives just now');
  return found;
}

/** The one that the name points to or, while it points to none, any that lives. */
export function findServer({ world, config }: Pick<Stage, 'world' | 'config'>) {
  const alive = [...world.instances.values()].filter(isAlive);
  const address = world.resolve(config.name);
  return alive.find((record) => record.address === address) ?? alive[0] ?? null;
}

export function restorePrices({ market, timers }: World, prices: PoolPrice[]): void {
  for (const { pool, perHour } of prices) market.setSpot(pool, timers.now, perHour);
}

export function toPrices(world: World): PoolPrice[] {
  const { market, timers } = world;
  return toPools(world).map((pool) => ({ pool, perHour: market.spot(pool, timers.now) }));
}

function toPools({ market }: World): MarketPool[] {
  return market.types.flatMap((type) => market.zones.map((zone) => ({ type, zone })));
}

function describeWorld({ world, witness, config, messages }: Stage): object {
  const { market, timers, guests } = world;
  return {
    now: new Date(timers.now).toISOString(),
    name: { [config.name]: world.resolve(config.name), serves: witness.isUp() },
    servers: [...world.instances.values()].map((record) => ({
      id: record.id,
      state: toState(record),
      market: record.market,
      ...record.pool,
      address: isAlive(record) ? record.address : null,
      serves: guests.serves(record.id),
      ...(record.takenAt && { takenAt: new Date(record.takenAt).toISOString() }),
    })),
    prices: toPools(world).map((pool) => ({ ...pool, perHour: market.spot(pool, timers.now) })),
    cap: config.policy.cap,
    slack: messages.slice(-messagesShown),
    outages: witness.outages.map(({ from, to }) => ({
      from: new Date(from).toISOString(),
      seconds: ((to ?? timers.now) - from) / 1_000,
    })),
  };
}

function toBody({ body }: WireRequest): unknown {
  const text = Buffer.from(body).toString();
  return text.trim() ? JSON.parse(text) : {};
}

function toJson(status: number, value: object): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(value, null, 2)}\n`,
  };
}
