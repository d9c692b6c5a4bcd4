/**
 * Real machines in the played AWS: what EC2 starts is switched on, and what it ends has its power cut. Each finds its
 * own metadata service and the rest of AWS behind a door of its own, with the credentials of its instance's role.
 */
import { type Door, openDoor, type Route } from '../../local/door.ts';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { toReportName } from '../../local/guests/conf.ts';
import type { Guests } from '../../local/guests/model.ts';
import { toGuests } from '../../local/guests.ts';
import { toServerCredentials } from '../../local/iam/roles.ts';
import { readSession, toCredentials } from '../../local/iam/session.ts';
import { toImds } from '../../local/imds.ts';
import type { Pump } from '../../local/pump.ts';
import type { World } from '../../local/world.ts';
import type { Protocol } from '../../shared/core/model.ts';
import { readReport } from '../../shared/documents/state.ts';

export interface Machine {
  /** Runs a script as Systems Manager's agent would. */
  run: (script: string) => Promise<{ code: number; output: string }>;
  /** As if the plug were pulled. */
  kill: () => Promise<void>;
}

export interface Machines {
  start: (record: InstanceRecord, door: Door) => Promise<Machine>;
  /** Told what goes wrong with a machine. */
  onFault: (fault: unknown) => void;
  /** They know nothing of each other, as servers would that nobody has taught to take clients over. */
  areStrangers?: boolean;
}

export interface RealGuests {
  guests: (world: World) => Guests;
  /** From when on machines can be started. */
  begin: (change: Pump['change']) => void;
  close: () => Promise<void>;
}

export function toRealGuests(machines: Machines): RealGuests {
  const running = new Map<string, Promise<{ machine: Machine; door: Door }>>();
  const booted = new Map<string, Machine>();
  let change: Pump['change'] = (run) => run();

  async function start(world: World, record: InstanceRecord) {
    const door = await openMachineDoor(world, record, change, machines.areStrangers ?? false);
    const machine = await machines.start(record, door);
    booted.set(record.id, machine);
    return { machine, door };
  }
  async function end(id: string) {
    const found = running.get(id);
    running.delete(id);
    booted.delete(id);
    // One that never came up has said so already.
    const both = await found?.catch(() => null);
    await both?.machine.kill();
    await both?.door.close();
  }
  return {
    guests: (world) => ({
      ...toGuests(world),
      boot(record) {
        const starting = start(world, record);
        running.set(record.id, starting);
        starting.catch(machines.onFault);
      },
      end: ({ id }) => void end(id).catch(machines.onFault),
      // It sees its notice, and its address, in its own metadata.
      warn: () => undefined,
      arrive: () => undefined,
      isManaged: (id) => booted.has(id),
      managedSince: (id) => (booted.has(id) ? 'online' : 'never'),
      receive(id, script, onExit) {
        const machine = booted.get(id);
        if (!machine) return 'unheard';
        machine
          .run(script.join('\n'))
          .then(({ code, output }) => change(() => onExit(code, output)), machines.onFault);
        return 'running';
      },
      protocolsOf: (id) => toServing(world, id),
      serves: (id) => isAllTrue(toServing(world, id)),
    }),
    begin(how) {
      change = how;
    },
    async close() {
      await Promise.all(Array.from(running.keys(), end));
    },
  };
}

/** By what it says of itself. */
function toServing(world: World, id: string): Partial<Record<Protocol, boolean>> {
  const record = world.instances.get(id);
  const text = record && world.parameters.get(toReportName(record) ?? '')?.versions.at(-1)?.value;
  const report = text ? readReport(id, text, world.timers.now) : null;
  return report?.serving ?? {};
}

function isAllTrue(serving: Partial<Record<Protocol, boolean>>): boolean {
  const each = Object.values(serving);
  return each.length > 0 && each.every(Boolean);
}

function openMachineDoor(
  world: World,
  record: InstanceRecord,
  change: Pump['change'],
  isStranger: boolean,
): Promise<Door> {
  const credentials =
    toServerCredentials(world, record) ?? toCredentials({ roleName: 'server', name: record.id });
  const { roleName = '' } = readSession(credentials.accessKeyId) ?? {};
  const imds = toImds({ world, instanceId: record.id, look: change, roleName, credentials });
  let hasServed = false;
  return openDoor({
    call(service, operation, input, accessKeyId) {
      const { Path = '' } = input as { Path?: string };
      if (isStranger && Path.endsWith('/state/servers')) return { Parameters: [] };
      const key = world.roles.size ? accessKeyId : undefined;
      return change(() => world.call(service, operation, input, key));
    },
    routes: [isStranger ? withoutAddress(imds) : imds],
    onCall(asked, { kind }) {
      if (hasServed || kind !== 'answered' || asked?.operation !== 'PutParameter') return;
      hasServed = isAllTrue(toServing(world, record.id));
      if (hasServed) change(() => world.tell({ kind: 'serving', serverId: record.id }));
    },
  });
}

function withoutAddress({ prefix, handle }: Route): Route {
  const answer = { status: 404, headers: {}, body: '' };
  return {
    prefix,
    handle: (asked) => (asked.path.endsWith('/public-ipv4') ? answer : handle(asked)),
  };
}
