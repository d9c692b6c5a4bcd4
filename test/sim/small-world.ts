/**
 * A world small enough to visit whole: one type in two zones, and passes of the loop that go on, or die, one step at
 * a time. What comes next is chosen from outside; all else is fixed, so that equal choices give equal states.
 */
import { toDirectClients } from '../../local/direct.ts';
import { interrupt, isAlive, toState } from '../../local/ec2/instances.ts';
import { bakedImageId, type ServiceName, type World } from '../../local/world.ts';
import { serversMax } from '../../shared/core/limits.ts';
import { type Signal, toSignal } from '../../shared/core/signal.ts';
import { reconcile } from '../../shared/reconcile.ts';
import { toPorts } from '../../shared/wire.ts';
import { desire, name, setStage } from '../stage.ts';
import { toFingerprint } from './fingerprint.ts';
import { whyForbidden } from './forbidden.ts';

/** A pass that waits for its next calls to be answered. Calls that it makes side by side are answered together. */
interface Pass {
  signal: Signal;
  waiting: (() => void)[];
  done: boolean;
  /** What it has been told so far. */
  heard: string[];
}

export interface SmallWorld {
  /** What may come next, each named. */
  choices(): string[];
  choose(choice: string): Promise<void>;
  /** Nothing goes wrong any more: signals come, passes end, until all rests. Says what is then not as promised. */
  comeToRest(): Promise<string[]>;
  /** Equal for states that nothing can tell apart. */
  fingerprint(): string;
  readonly broken: string[];
}

const stepMs = 30_000;
const passesMax = 2;
const signalsMax = 3;
/** Twenty minutes: a silence is noticed, a boot fails, the next one serves, the name settles. */
const restSteps = 40;
/** The first server serves after a minute, and the name has settled on it after two more. */
const steadyAfterSteps = 8;
/** The second one is launched in the first of these steps, and serves in the second. */
const successorAfterSteps = 2;

/** How often each trouble may come in one story. */
const budgets = { notice: 1, taken: 1, price: 1, crash: 2, silence: 1 };
/** With an address that moves, somebody else in the account may take what addresses there are, too. */
const elasticBudgets = { ...budgets, quota: 1 };

/**
 * `cold`: just turned on, with no server yet. `steady`: one server serves, and the name points to it. `successor`: AWS
 * takes that one, and another serves, of which the loop has not heard yet.
 */
export type Beginning = 'cold' | 'steady' | 'successor';

export const beginnings: Beginning[] = ['cold', 'steady', 'successor'];

export async function toSmallWorld(
  beginning: Beginning,
  address: 'elastic' | 'dynamic',
): Promise<SmallWorld> {
  const fixed = (ms: number) => () => ms;
  const { world, config: deployed } = setStage({
    address,
    market: {
      zones: ['us-east-1a', 'us-east-1b'],
      types: { 't3.nano': { onDemand: 0.0052, spot: 0.0016 } },
    },
    times: {
      pendingMs: fixed(10_000),
      bootMs: fixed(35_000),
      shuttingDownMs: fixed(20_000),
      listLagMs: fixed(20_000),
      inSyncMs: fixed(20_000),
      newAddressMs: fixed(stepMs),
    },
  });
  const policy = { ...deployed.policy, types: [{ type: 't3.nano', onDemand: 0.0052 }] };
  const config = { ...deployed, policy };
  const { timers, market, guests } = world;
  const left = { quota: 0, ...(address === 'elastic' ? elasticBudgets : budgets) };
  const broken: string[] = [];
  let signals: Signal[] = [];
  let passes: Pass[] = [];

  const hear = (signal: Signal) => {
    const isSame = (other: Signal) => JSON.stringify(other) === JSON.stringify(signal);
    if (signal.kind !== 'ignored' && !signals.some(isSame))
      signals = [...signals, signal].slice(-signalsMax);
  };
  world.onEvent((event) => hear(toSignal(event, 'home')));

  const start = (signal: Signal) => {
    const pass: Pass = { signal, waiting: [], done: false, heard: [] };
    const call = (service: ServiceName, operation: string, input: object) =>
      new Promise<object>((resolve, reject) => {
        pass.waiting.push(() => {
          try {
            broken.push(...whyForbidden(world, operation, input));
            const output = world.call(service, operation, input);
            pass.heard.push(`${operation} ${JSON.stringify(output)}`);
            resolve(output);
          } catch (error) {
            pass.heard.push(`${operation} ${String(error)}`);
            reject(error);
          }
        });
      });
    const ports = toPorts(config, toDirectClients(call), () => timers.now);
    passes.push(pass);
    reconcile(ports, config.policy, signal).then(
      () => {
        pass.done = true;
      },
      (error: Error) => {
        pass.done = true;
        broken.push(`a pass failed: ${error.message}`);
      },
    );
  };
  const goOn = async (pass: Pass) => {
    for (const answer of pass.waiting.splice(0)) answer();
    await settle();
    passes = passes.filter(({ done }) => !done);
  };
  const serving = () => [...world.instances.values()].find(({ id }) => guests.serves(id));

  const deeds: Record<string, () => Promise<void> | void> = {
    wait: () => {
      timers.advance(timers.now + stepMs);
      if ((timers.now / stepMs) % 2 === 0) hear({ kind: 'tick' });
    },
    notice: () => {
      left.notice--;
      const server = serving();
      if (server) interrupt(world, server);
    },
    taken: () => {
      left.taken--;
      const server = serving();
      if (server) interrupt(world, server, 0);
    },
    silence: () => {
      left.silence--;
      const server = serving();
      if (server) guests.silence(server.id);
    },
    quota: () => {
      left.quota--;
      world.quotas.address = world.addresses.size;
    },
    price: () => {
      left.price--;
      // Above the cap everywhere, so on demand is left. Nobody is interrupted by it but through `notice`.
      for (const record of world.instances.values()) record.maxPrice = null;
      for (const zone of market.zones)
        market.setSpot({ type: 't3.nano', zone }, timers.now, 0.0051);
    },
  };

  const choices = () => {
    const list: string[] = [];
    for (const index of passes.keys()) {
      list.push(`go on ${index}`);
      if (left.crash > 0) list.push(`crash ${index}`);
    }
    if (passes.length < passesMax) for (const index of signals.keys()) list.push(`start ${index}`);
    // Time passes between passes only: they take a second, and a step is half a minute.
    if (!passes.length) list.push('wait');
    for (const trouble of ['price', 'quota'] as const) if (left[trouble] > 0) list.push(trouble);
    for (const trouble of ['notice', 'taken', 'silence'] as const)
      if (left[trouble] > 0 && serving()) list.push(trouble);
    return list;
  };

  const choose = async (choice: string) => {
    const [deed = '', index] = choice.split(/ (?=\d+$)/);
    const pass = passes[Number(index)];
    if (deed === 'go on' && pass) await goOn(pass);
    else if (deed === 'crash' && pass) {
      left.crash--;
      passes = passes.filter((other) => other !== pass);
    } else if (deed === 'start') {
      const [signal] = signals.splice(Number(index), 1);
      if (signal) start(signal);
      await settle();
    } else await deeds[deed]?.();
    if ([...world.instances.values()].filter(isAlive).length > serversMax)
      broken.push(`there are more than ${serversMax} servers`);
  };

  const goQuietly = async (steps: number) => {
    const endPasses = async () => {
      for (const pass of passes) while (!pass.done && pass.waiting.length) await goOn(pass);
    };
    for (let step = 0; step < steps; step++) {
      await endPasses();
      while (signals.length) {
        await choose('start 0');
        await endPasses();
      }
      await deeds.wait?.();
    }
  };

  desire(world, { power: 'on', imageId: bakedImageId });
  signals = [{ kind: 'tick' }];
  if (beginning !== 'cold') {
    await goQuietly(steadyAfterSteps);
    signals = [];
  }
  if (beginning === 'successor') {
    await deeds.notice?.();
    await goQuietly(successorAfterSteps);
    // Two of what has been heard since are enough for two passes at once.
    signals = signals.slice(-passesMax);
  }
  return {
    choices,
    choose,
    broken,
    comeToRest: async () => {
      await goQuietly(restSteps);
      return whyRestless(world);
    },
    fingerprint: () => toFingerprint(world, { left, signals, passes }),
  };
}

/** Lets every promise that can go on go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function whyRestless(world: World): string[] {
  const alive = [...world.instances.values()].filter(isAlive);
  const [only] = alive;
  if (alive.length !== 1 || !only) return [`at rest there are ${alive.length} servers`];
  const idle = [...world.addresses.values()].filter(
    ({ owners }) => owners.at(-1)?.instanceId !== only.id,
  );
  return [
    ...(idle.length ? [`at rest ${idle.length} addresses are not the server's`] : []),
    ...(world.guests.serves(only.id)
      ? []
      : [`at rest the server does not serve (${toState(only)})`]),
    ...(world.resolve(name) === only.address
      ? []
      : ['at rest the name does not point to the server']),
  ];
}
