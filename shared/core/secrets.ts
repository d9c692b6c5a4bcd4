/** Secrets that outlive servers: whether each server has today's, and what to do until it has. */

import type { Action } from './deeds.ts';
import type { Fleet } from './fleet.ts';
import { dayMs, refreshAgainMaxMs, refreshAgainMs } from './limits.ts';
import type { Observed, Policy, Versions } from './model.ts';
import type { Refresh } from './remembered.ts';
import type { Secrets, User } from './users.ts';
import { toDuration } from './words.ts';

/** What is due whoever serves: the server's own key, new passwords, the end of a user's time. */
export function tend({ secrets, now }: Observed, policy: Policy): Action[] {
  if (!secrets) return [];
  const { protocols, rotateDays } = policy;
  const isExpired = ({ expiresAt }: User) => expiresAt !== null && expiresAt <= now;
  const isDue = (user: User) =>
    rotateDays > 0 && !isExpired(user) && now - user.rotatedAt >= rotateDays * dayMs;
  const generate: Action = { kind: 'generate', why: 'There is no WireGuard key for servers yet' };
  return [
    ...(protocols.includes('wireguard') && !secrets.serverKey ? [generate] : []),
    ...secrets.users
      .filter(isExpired)
      .map((user): Action => ({ kind: 'expire', user, why: `The time of ${user.name} is over` })),
    ...secrets.users.filter(isDue).map(
      (user): Action => ({
        kind: 'rotate',
        user,
        why: `${user.name} gets a new password: the old one is ${rotateDays} days old`,
      }),
    ),
  ];
}

/** Tells each server that serves without today's secrets to take them, again and again, but ever more seldom. */
export function refresh(observed: Observed, policy: Policy, { live }: Fleet): Action[] {
  const { secrets, reports, memory, now } = observed;
  if (!secrets) return [];
  const versions = toVersions(secrets, policy);
  return live.flatMap(({ server: { id: serverId }, phase }): Action[] => {
    const report = reports.find((one) => one.serverId === serverId);
    if (phase !== 'serving' || !report) return [];
    const last = memory.refreshes.find((one) => one.serverId === serverId);
    const lacking = compare(versions, report.applied);
    if (lacking.length) {
      const wanted = toPrint(versions);
      const why = `${serverId} lacks ${toList(lacking)}`;
      return isDue(last, wanted, now) ? [{ kind: 'refresh', serverId, wanted, why }] : [];
    }
    if (!last) return [];
    const took = toDuration(now - last.since);
    return [
      { kind: 'refreshed', serverId, why: `${serverId} has the newest secrets after ${took}` },
    ];
  });
}

/** What a server that reports still lacks of today's secrets, in words. */
export function toLacking(
  { secrets, reports }: Observed,
  policy: Policy,
  serverId: string,
): string[] {
  const report = reports.find((one) => one.serverId === serverId);
  return secrets && report ? compare(toVersions(secrets, policy), report.applied) : [];
}

/** At once for what is new; for what was told already, after a while. */
function isDue(last: Refresh | undefined, wanted: number, now: number): boolean {
  if (last?.wanted !== wanted) return true;
  return now - last.at >= Math.min(refreshAgainMs * 2 ** (last.times - 1), refreshAgainMaxMs);
}

/** Why Run Command did not take the command, in words that end a sentence. */
export function toCommandRefusal(code: string): string {
  return commandRefusals.get(code) ?? 'an error that nobody foresaw';
}

/** Source: the errors of SendCommand in the Systems Manager API reference. */
const commandRefusals = new Map([
  ['InvalidInstanceId', 'its SSM agent is not online'],
  ['InvalidDocument', 'the document is gone; deploy again'],
  ['InvalidDocumentVersion', 'the document is gone; deploy again'],
  ['UnsupportedPlatformType', 'its image is not one of ours; bake a new one'],
  ['MaxDocumentSizeExceeded', 'the document is too large; deploy again'],
  ['AccessDeniedException', "the function's role does not allow it; deploy again"],
  ['ThrottlingException', 'too many requests'],
]);

/** Why a command came to nothing, in words that end a sentence; null if it did not, or not yet. */
export function toCommandFailure(status: string): string | null {
  return commandFailures.get(status) ?? null;
}

/** Run Command's own words, without their blanks; its events have the coarser ones of them. */
const commandFailures = new Map([
  ['Failed', 'its agent could not apply them'],
  ['TimedOut', 'its agent did not answer in time'],
  ['DeliveryTimedOut', 'the command never reached it'],
  ['ExecutionTimedOut', 'its agent took too long over it'],
  ['Undeliverable', 'the command could not be delivered'],
  ['Terminated', 'Systems Manager has ended the command'],
  ['Cancelled', 'somebody has cancelled the command'],
  ['InvalidPlatform', 'its image is not one of ours; bake a new one'],
  ['AccessDenied', 'it may not run the command; deploy again'],
]);

/** Which secrets a server should have. */
function toVersions({ users, serverKey }: Secrets, { protocols }: Policy): Versions {
  const needsKey = serverKey && protocols.includes('wireguard');
  return {
    users: Object.fromEntries(users.map(({ name, version }) => [name, version])),
    keys: needsKey ? { wireguard: serverKey.version } : {},
  };
}

/** What of the wanted secrets a server lacks, and whom it should no longer know, in words. */
function compare(wanted: Versions, applied: Versions): string[] {
  const changed = Object.entries(wanted.users).filter(
    ([name, version]) => applied.users[name] !== version,
  );
  const gone = Object.keys(applied.users).filter((name) => !Object.hasOwn(wanted.users, name));
  const key =
    wanted.keys.wireguard !== undefined && wanted.keys.wireguard !== applied.keys.wireguard;
  return [
    ...changed.map(([name]) => `the newest secret of ${name}`),
    ...gone.map((name) => `the removal of ${name}`),
    ...(key ? ["the servers' WireGuard key"] : []),
  ];
}

const namedMax = 3;

function toList(items: string[]): string {
  const more = items.length - namedMax;
  return `${items.slice(0, namedMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A number that is another for other versions (FNV-1a, 32 bits): the journal has no room for the list. */
function toPrint({ users, keys }: Versions): number {
  const names = Object.keys(users).toSorted((a, b) => (a < b ? -1 : 1));
  const text = JSON.stringify([names.map((name) => [name, users[name]]), keys]);
  let print = 0x811c9dc5;
  for (const character of text)
    print = Math.imul(print ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return print;
}
