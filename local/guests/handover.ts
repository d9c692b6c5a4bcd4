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

/** So often a server has asked for it before the loop knows that it serves, and moves the address. */
const readsMin = 3;

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

/** Whether anybody can have been on the former server who may be on the new one. Whom a dead one let in nobody knows. */
export function haveCommon(secrets: Secrets | null, former: Secrets | null | undefined): boolean {
  const users = [...(secrets?.users.keys() ?? [])];
  return users.some((user) => former === undefined || former?.users.has(user));
}

/** To a client of whom the former server has said where it is, the new one speaks first; `onDone` hears how it went. */
export function takeOver(
  world: World,
  record: InstanceRecord,
  hasClient: boolean,
  from: string | null,
  onDone: (handover: Handover) => void,
): void {
  const clients = from !== null && hasClient ? 1 : 0;
  const isKnown = from !== null && hasRead(world, record, from);
  const { from: least, to: most } = isKnown ? greetedMs : aloneMs;
  const gapMs = clients ? Math.round(world.random.between(least, most)) : 0;
  world.tell({ kind: 'handover', serverId: record.id, clients, gapMs });
  if (!clients) return;
  const tell = () => onDone({ at: world.timers.now, from, clients, answered: clients, gapMs });
  world.timers.after(gapMs, tell);
}

/** It asks each second as long as it waits: that Parameter Store does not answer once is no harm. */
function hasRead(world: World, record: InstanceRecord, formerId: string): boolean {
  return Array.from({ length: readsMin }).some(() => readClients(world, record, formerId) > 0);
}

/** How many the former server has told of, as far as that can be read just now. */
function readClients(world: World, record: InstanceRecord, formerId: string): number {
  const vpn = record.tags.get('perennial:vpn');
  const Path = `/perennial/${vpn}/state/servers`;
  try {
    const answer = callAsServer(world, record, 'ssm', 'GetParametersByPath', { Path });
    const { Parameters } = answer as { Parameters: { Name: string; Value: string }[] };
    const report = Parameters.find(({ Name }) => Name.endsWith(`/${formerId}`));
    if (!report) return 0;
    const { endpoints } = JSON.parse(report.Value) as { endpoints: string };
    return countEndpoints(endpoints);
  } catch (error) {
    if (error instanceof AwsFault) return 0;
    throw error;
  }
}
