/** State the world, send a signal, reconcile once, expect the world: single passes of the loop on a played AWS. */
import { toDirectClients } from '../local/direct.ts';
import { type InstanceRecord, isAlive } from '../local/ec2/instances.ts';
import { AwsFault } from '../local/fault.ts';
import { bakedImageId, type World, type WorldOptions } from '../local/world.ts';
import type { Entry } from '../shared/core/deeds.ts';
import type { Signal } from '../shared/core/signal.ts';
import { readJournal } from '../shared/documents/state.ts';
import { type Pass, reconcile } from '../shared/reconcile.ts';
import { toPorts } from '../shared/wire.ts';
import { secondMs } from './core/scene.ts';
import { desire, name, setStage } from './stage.ts';

type Call = Parameters<typeof toDirectClients>[0];
type Input = Record<string, unknown>;

interface Asked {
  operation: string;
  input: Input;
}

export interface Passes {
  world: World;
  /** Every call of every pass. */
  asked: Asked[];
  /** One pass; each of its calls takes some milliseconds, unless it goes another way. */
  wake: (signal?: Signal, through?: Call) => Promise<Pass>;
  call: Call;
  /** Lets time pass without any pass. */
  wait: (ms: number) => void;
  alive: () => InstanceRecord[];
  /** Where the name points. */
  named: () => string | null;
  journal: () => Entry[];
}

const callMs = 5;

/** Every boot takes 45 seconds in all, and EC2's list lags only if a test says so. */
const steady: WorldOptions['times'] = {
  pendingMs: () => 10 * secondMs,
  bootMs: () => 35 * secondMs,
  shuttingDownMs: () => 30 * secondMs,
  listLagMs: () => 0,
};
export const servingMs = 46 * secondMs;

/** Wanted on, nothing there yet. */
export function setPasses(
  times: WorldOptions['times'] = {},
  address: 'elastic' | 'dynamic' = 'dynamic',
): Passes {
  const { world, config } = setStage({ times: { ...steady, ...times }, address });
  const { timers } = world;
  const asked: Asked[] = [];
  const wait = (ms: number) => timers.advance(timers.now + ms);
  const call: Call = async (service, operation, input) => {
    asked.push({ operation, input: input as Input });
    wait(callMs);
    return world.call(service, operation, input);
  };
  world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/keys/wireguard',
    Type: 'SecureString',
    Value: '{"privateKey":"an-example"}',
    Description: '{"publicKey":"an-example"}',
  });
  desire(world, { power: 'on', imageId: bakedImageId });
  return {
    world,
    asked,
    call,
    wait,
    wake: (signal = { kind: 'tick' }, through = call) =>
      reconcile(
        toPorts(config, toDirectClients(through), () => timers.now),
        config.policy,
        signal,
      ),
    alive: () => [...world.instances.values()].filter(isAlive),
    named: () => world.resolve(name),
    journal: () =>
      readJournal(world.parameters.get('/perennial/home/state/journal')?.versions.at(-1)?.value)
        .entries,
  };
}

/** The same with one server that serves and that the name points to. */
export async function setServing(
  times: WorldOptions['times'] = {},
  address: 'elastic' | 'dynamic' = 'dynamic',
): Promise<Passes & { first: InstanceRecord }> {
  const passes = setPasses(times, address);
  await passes.wake();
  passes.wait(servingMs);
  await passes.wake();
  passes.asked.length = 0;
  const [first] = passes.alive();
  if (!first || passes.named() !== first.address) throw new Error('The stage is not set');
  return { ...passes, first };
}

export function toInterruption({ world }: Passes, { id }: { id: string }): Signal {
  return { kind: 'interruption', serverId: id, action: 'terminate', at: world.timers.now };
}

/** Refuses that operation's calls, one with each code, and then no more. */
export function refuse({ world }: Passes, refused: string, codes: string[], status = 400): void {
  const left = [...codes];
  world.setFaults((_, operation) => {
    const code = operation === refused ? left.shift() : undefined;
    return code ? new AwsFault(code, 'because', status) : null;
  });
}

export function operations(asked: Asked[], ...wanted: string[]): string[] {
  const all = asked.map(({ operation }) => operation);
  return wanted.length ? all.filter((operation) => wanted.includes(operation)) : all;
}

export function kinds(entries: Entry[]): string[] {
  return entries.map(({ kind }) => kind);
}
