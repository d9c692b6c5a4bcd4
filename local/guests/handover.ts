/** WireGuard's clients, who stay with the VPN's address: how they come over from one server to the next. */
import type { Handover, Session } from '../../shared/core/model.ts';
import type { InstanceRecord } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import { callAsServer } from '../iam/roles.ts';
import type { World } from '../world.ts';
import { countEndpoints } from './endpoints.ts';
import type { Secrets } from './secrets.ts';

/** Measured with real servers (test/handover): the new one speaks first, or the clients notice by themselves. */
const greetedMs = { from: 50, to: 400 };
const aloneMs = { from: 15_000, to: 20_000 };

/** On the server that has the VPN's address somebody is connected: the first who may be, by name. */
export function toFollowers(
  { addresses, timers }: World,
  { id, launchedAt }: InstanceRecord,
  secrets: Secrets | null,
): Session[] {
  const has = [...addresses.values()].some(({ owners }) => owners.at(-1)?.instanceId === id);
  const [user] = has ? (secrets?.users.keys() ?? []) : [];
  const since = Math.min(launchedAt, timers.now);
  return user === undefined ? [] : [{ user, protocol: 'wireguard', since, bytes: 0 }];
}

/** Of whom the former server has said where they are, to them the new one speaks first; `onDone` hears how it went. */
export function takeOver(
  world: World,
  record: InstanceRecord,
  from: string | null,
  onDone: (handover: Handover) => void,
): void {
  const known = from === null ? 0 : readClients(world, record, from);
  const { from: least, to: most } = known === null ? aloneMs : greetedMs;
  const clients = known ?? 1;
  const gapMs = clients ? Math.round(world.random.between(least, most)) : 0;
  world.tell({ kind: 'handover', serverId: record.id, clients, gapMs });
  if (!clients) return;
  const tell = () => onDone({ at: world.timers.now, from, clients, answered: clients, gapMs });
  world.timers.after(gapMs, tell);
}

/** Null if there is nothing of it to be read. */
function readClients(world: World, record: InstanceRecord, formerId: string): number | null {
  const vpn = record.tags.get('perennial:vpn');
  const Path = `/perennial/${vpn}/state/servers`;
  try {
    const answer = callAsServer(world, record, 'ssm', 'GetParametersByPath', { Path });
    const { Parameters } = answer as { Parameters: { Name: string; Value: string }[] };
    const report = Parameters.find(({ Name }) => Name.endsWith(`/${formerId}`));
    if (!report) return null;
    const { endpoints } = JSON.parse(report.Value) as { endpoints: string };
    return countEndpoints(endpoints);
  } catch (error) {
    if (error instanceof AwsFault) return null;
    throw error;
  }
}
