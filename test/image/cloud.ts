/** A played AWS around one server: Parameter Store and the metadata service by the wire, in real time. */
import { startClock } from '../../local/clock.ts';
import { type Door, openDoor } from '../../local/door.ts';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { toImds } from '../../local/imds.ts';
import { startPump } from '../../local/pump.ts';
import { bakedImageId, type World } from '../../local/world.ts';
import { setStage } from '../stage.ts';

export interface Report {
  at: string;
  serving: Record<string, boolean>;
  sessions: number;
  idleSeconds: number;
  applied: { users: Record<string, number>; keys: Record<string, number> };
  who: { user: string; protocol: string; since: string; bytes: number }[];
  /** Packed: see `toEndpoints`. */
  endpoints: string;
  notice?: string;
  rebalance?: string;
  handover?: { from?: string; clients: number; answered: number; gapMs?: number };
  problem?: string;
}

export interface Cloud {
  world: World;
  server: InstanceRecord;
  /** The server's configuration. */
  conf: string;
  /** Operations of Parameter Store that were asked for, oldest first. */
  asked: string[];
  /** Answers the version. */
  putUser: (name: string, secret: object) => number;
  removeUser: (name: string) => void;
  putKey: (privateKey: string) => void;
  /** The first report, from now on, that is so. */
  reported: (isSo: (report: Report) => boolean) => Promise<Report>;
  change: <T>(run: () => T) => T;
  close: () => Promise<void>;
}

const prefix = '/perennial/home';

export async function openCloud(): Promise<Cloud> {
  const clock = startClock({ speed: 1 });
  const { world } = setStage({
    start: clock.now(),
    times: { bootMs: () => null, pendingMs: () => 0 },
  });
  const pump = startPump(world.timers, clock, () => undefined);
  const server = pump.change(() => launch(world));
  const reports: Report[] = [];
  const waiting = new Set<() => void>();
  const asked: string[] = [];
  const credentials = { accessKeyId: 'ASIA1', secretAccessKey: 'x', sessionToken: 'session' };
  const instanceId = server.id;
  const imds = toImds({ world, instanceId, look: pump.change, roleName: 'server', credentials });
  const door: Door = await openDoor({
    call: (service, operation, input) => pump.change(() => world.call(service, operation, input)),
    routes: [imds],
    now: clock.now,
    onCall(call, { kind }) {
      asked.push(call?.operation ?? '');
      const { Name, Value = '' } = (call?.input ?? {}) as { Name?: string; Value?: string };
      if (kind !== 'answered' || call?.operation !== 'PutParameter') return;
      if (!Name?.endsWith(`/${instanceId}`)) return;
      reports.push(JSON.parse(Value) as Report);
      for (const look of waiting) look();
    },
  });
  const put = (name: string, value: object): number => {
    const Name = `${prefix}/${name}`;
    const Value = JSON.stringify(value);
    const input = { Name, Value, Type: 'SecureString', Overwrite: true };
    const answer = pump.change(() => world.call('ssm', 'PutParameter', input));
    return (answer as { Version: number }).Version;
  };
  return {
    world,
    server,
    conf: [
      'vpn=home',
      'region=us-east-1',
      'protocols=pptp,wireguard',
      `endpoint_ssm=${door.url}`,
      `imds=${door.url}`,
      '',
    ].join('\n'),
    asked,
    putUser: (name, secret) => put(`users/${name}`, secret),
    removeUser: (name) =>
      pump.change(() => world.call('ssm', 'DeleteParameter', { Name: `${prefix}/users/${name}` })),
    putKey: (privateKey) => put('keys/wireguard', { privateKey }),
    reported(isSo) {
      const from = reports.length;
      return new Promise((resolve) => {
        const look = () => {
          const found = reports.slice(from).find(isSo);
          if (found && waiting.delete(look)) resolve(found);
        };
        waiting.add(look);
      });
    },
    change: pump.change,
    async close() {
      pump.stop();
      await door.close();
    },
  };
}

/** As docs/state.md has it: where WireGuard's clients are, by user, among all who are let in. */
export function toEndpoints(users: string[], where: Record<string, string>): string {
  const bytes = users.toSorted().flatMap((user) => {
    const [address = '', port = 0] = where[user]?.split(':') ?? [];
    const four = address ? address.split('.').map(Number) : [0, 0, 0, 0];
    return [...four, Number(port) >> 8, Number(port) & 0xff];
  });
  return Buffer.from(bytes).toString('base64');
}

function launch(world: World): InstanceRecord {
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
    InstanceMarketOptions: { MarketType: 'spot' },
  });
  const [record] = world.instances.values();
  if (!record) throw new Error('Nothing was launched');
  return record;
}
