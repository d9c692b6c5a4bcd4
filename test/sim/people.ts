/** Who may connect, in the simulation: people come, get new passwords and go, and who is out must be out. */
import type { Fate } from '../../local/guests/agent.ts';
import type { Random } from '../../local/random.ts';
import type { World } from '../../local/world.ts';
import {
  readStored,
  readUser,
  writeDescription,
  writeStored,
} from '../../shared/documents/users.ts';
import type { StoredSecret } from '../../shared/ports.ts';

/** A password that counts, or did; `at` is since when that is so, epoch milliseconds. */
interface Password {
  user: string;
  password: string;
  at: number;
}

export interface People {
  /** Does one thing to somebody; throws the AwsFault with which AWS refuses it. */
  change: (random: Random) => void;
  /** For how long, at most, a server that serves has kept somebody out who may come in, or let in who may not. */
  unfairMs: () => number;
}

const dayMs = 24 * 60 * 60_000;
/** Of those who come some stay no longer than this. */
const visitMs = dayMs / 8;
const peopleMax = 4;
/** Who is out for this long is tried no more. */
const triedMax = 8;
const root = '/perennial/home/users/';

export function toPeople(world: World): People {
  const { timers } = world;
  const current = new Map<string, Password>();
  let former: Password[] = [];
  let made = 0;

  const call = (operation: string, input: object) => world.call('ssm', operation, input);
  /** `rotatedAt` and `expiresAt` decide when the loop gives them a new password, and when it removes them. */
  const write = (user: string, isNew: boolean, rotatedAt: number, expiresAt: number | null) => {
    const secret = {
      password: `password-${++made}`,
      presharedKey: null,
      publicKey: null,
      address: null,
      old: null,
      ownKey: false,
      rotatedAt: Math.floor(rotatedAt),
      expiresAt: expiresAt === null ? null : Math.floor(expiresAt),
    };
    call('PutParameter', {
      Name: root + user,
      Value: writeStored(secret),
      Description: writeDescription(secret),
      ...(isNew ? { Type: 'SecureString' } : { Overwrite: true }),
    });
  };
  const forget = (user: string, at: number) => {
    const known = current.get(user);
    if (!known) return;
    current.delete(user);
    former = [{ ...known, at }, ...former].slice(0, triedMax);
  };
  /** From `at` on, unless something else has been written by then. */
  const accept = (user: string, password: string, at: number) => {
    if (current.get(user)?.password === password) return;
    forget(user, at);
    former = former.filter((one) => one.password !== password);
    current.set(user, { user, password, at });
  };

  /** Whoever writes it, a person or the loop: what stands in Parameter Store is what counts. */
  const follow = (user: string) => {
    const record = world.parameters.get(root + user);
    const newest = record?.versions.at(-1);
    const secret = readStored(newest?.value);
    const { now } = timers;
    if (!record || !newest || !secret) return forget(user, now);
    const isNewest = () => world.parameters.get(root + user)?.versions.at(-1) === newest;
    const before = findOld(record.versions, secret.old, now);
    accept(user, (before ?? secret).password, now);
    if (before && secret.old)
      timers.at(secret.old.until, () => isNewest() && accept(user, secret.password, timers.now));
    const { expiresAt } = readUser(user, newest.version, newest.at, newest.description);
    if (expiresAt !== null) timers.at(expiresAt, () => isNewest() && forget(user, timers.now));
  };
  world.onEvent(({ 'detail-type': type, detail: { name } }) => {
    if (type === 'Parameter Store Change' && String(name).startsWith(root))
      follow(String(name).slice(root.length));
  });

  return {
    change({ chance, pick, between }) {
      const { now } = timers;
      const users = [...current.keys()];
      const isNew = !users.length || (users.length < peopleMax && chance(0.4));
      if (!isNew && chance(0.5)) return void call('DeleteParameter', { Name: root + pick(users) });
      const expiresAt = chance(0.2) ? now + between(0, visitMs) : null;
      write(isNew ? `user-${made}` : pick(users), isNew, now - between(0, dayMs), expiresAt);
    },
    unfairMs() {
      const { now } = timers;
      let longest = 0;
      for (const { id, launchedAt } of world.instances.values()) {
        if (!world.guests.serves(id)) continue;
        const since = (at: number) => now - Math.max(at, launchedAt);
        for (const { user, password, at } of current.values())
          if (!world.guests.logsIn(id, user, password)) longest = Math.max(longest, since(at));
        for (const { user, password, at } of former)
          if (world.guests.logsIn(id, user, password)) longest = Math.max(longest, since(at));
      }
      return longest;
    },
  };
}

/** What still counts in the newest one's stead, if anything does. */
function findOld(
  versions: { version: number; value: string }[],
  old: StoredSecret['old'],
  now: number,
): StoredSecret | null {
  if (!old || now >= old.until) return null;
  return readStored(versions.find(({ version }) => version === old.version)?.value);
}

const failures: Fate[] = ['slow', 'fails', 'hangs', 'lost', 'undeliverable'];

/** Of each command there is a chance that it comes to nothing, in one of the ways that commands do. */
export function failCommands(world: World, share: () => number, { chance, pick }: Random): void {
  world.guests.setFates(() => (chance(share()) ? pick(failures) : 'done'));
}
