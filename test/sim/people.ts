/** Who may connect, in the simulation: people come, get new passwords and go, and who is out must be out. */
import type { Fate } from '../../local/guests/agent.ts';
import type { Random } from '../../local/random.ts';
import type { World } from '../../local/world.ts';
import { writeDescription, writeStored } from '../../shared/user-documents.ts';

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

const peopleMax = 4;
/** Who is out for this long is tried no more. */
const triedMax = 8;

export function toPeople(world: World): People {
  const current = new Map<string, Password>();
  let former: Password[] = [];
  let made = 0;

  const call = (operation: string, input: object) => world.call('ssm', operation, input);
  const toName = (user: string) => `/perennial/home/users/${user}`;
  const write = (user: string, isNew: boolean) => {
    const password = `password-${made + 1}`;
    const at = world.timers.now;
    const secret = {
      password,
      presharedKey: null,
      publicKey: null,
      address: null,
      old: null,
      ownKey: false,
      rotatedAt: Math.floor(at),
      expiresAt: null,
    };
    call('PutParameter', {
      Name: toName(user),
      Value: writeStored(secret),
      Description: writeDescription(secret),
      ...(isNew ? { Type: 'SecureString' } : { Overwrite: true }),
    });
    made++;
    forget(user, at);
    current.set(user, { user, password, at });
  };
  const forget = (user: string, at: number) => {
    const known = current.get(user);
    if (!known) return;
    current.delete(user);
    former = [{ ...known, at }, ...former].slice(0, triedMax);
  };
  const revoke = (user: string) => {
    call('DeleteParameter', { Name: toName(user) });
    forget(user, world.timers.now);
  };

  return {
    change({ chance, pick }) {
      const users = [...current.keys()];
      if (!users.length || (users.length < peopleMax && chance(0.4))) write(`user-${made}`, true);
      else if (chance(0.5)) write(pick(users), false);
      else revoke(pick(users));
    },
    unfairMs() {
      const { now } = world.timers;
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

const failures: Fate[] = ['slow', 'fails', 'hangs', 'lost', 'undeliverable'];

/** Of each command there is a chance that it comes to nothing, in one of the ways that commands do. */
export function failCommands(world: World, share: () => number, { chance, pick }: Random): void {
  world.guests.setFates(() => (chance(share()) ? pick(failures) : 'done'));
}
