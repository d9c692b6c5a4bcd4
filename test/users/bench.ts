/** A played AWS with one server, and commands of people on it that can be watched, broken off, or run in turns. */
import { toDirectClients } from '../../local/direct.ts';
import type { World, WorldOptions } from '../../local/world.ts';
import type { UserPorts } from '../../shared/users/commands.ts';
import { toPorts } from '../../shared/wire.ts';
import { type Running, setRunning } from '../local/running.ts';
import { setStage } from '../stage.ts';
import type { Turns } from '../turns.ts';

type Call = Parameters<typeof toDirectClients>[0];

export interface Bench {
  world: World;
  ports: UserPorts;
  /** The same, whose calls go another way. */
  through: (call: Call) => UserPorts;
  /** Whose every call waits for its turn. */
  inTurn: (turns: Turns) => UserPorts;
  /** Every value that was ever written as a secret, word by word. */
  secrets: () => string[];
  /** What stands in Parameter Store, by name; of addresses whose they are. */
  books: () => Books;
}

interface Books {
  // biome-ignore lint/suspicious/noExplicitAny: JSON documents
  users: Record<string, { version: number; value: any; description: any }>;
  claims: Record<string, string>;
}

const root = '/perennial/home';

export function setBench(times: WorldOptions['times'] = {}): Bench {
  return toBench(setStage({ times }).world);
}

/** With a server that serves. */
export function setServedBench(): Bench & { server: Running; apply: () => void } {
  const server = setRunning({ deliveryMs: () => 500, applyMs: () => 500 });
  return {
    ...toBench(server.world),
    server,
    apply() {
      const DocumentName = 'Perennial-ApplySecrets-home';
      server.ask('SendCommand', { DocumentName, InstanceIds: [server.id] });
      server.wait(2_000);
    },
  };
}

function toBench(world: World): Bench {
  const { config } = setStage();
  const written = new Set<string>();
  const watched: Call = async (service, operation, input) => {
    const { Type, Value = '' } = input as { Type?: string; Value?: string };
    if (operation === 'PutParameter' && Type !== 'String')
      for (const word of toWords(Value)) written.add(word);
    return world.call(service, operation, input);
  };
  const through: Bench['through'] = (call) =>
    toPorts(
      config,
      toDirectClients((service, operation, input) => call(service, operation, input)),
      () => world.timers.now,
    );
  return {
    world,
    through: (call) => through(call),
    ports: through(watched),
    inTurn: ({ take }) =>
      through((service, operation, input) => take(() => world.call(service, operation, input))),
    secrets: () => [...written],
    books: () => toBooks(world),
  };
}

/** Passwords, preshared and private keys; public keys and addresses are none. */
function toWords(value: string): string[] {
  const { password, presharedKey, privateKey } = JSON.parse(value) as Record<string, string | null>;
  return [password, presharedKey, privateKey].filter((word) => typeof word === 'string');
}

function toBooks({ parameters }: World): Books {
  const books: Books = { users: {}, claims: {} };
  for (const [name, { versions }] of parameters) {
    const last = versions.at(-1);
    if (!last) continue;
    const [, kind, key = ''] = name.slice(root.length).split('/');
    if (kind === 'addresses') books.claims[key] = last.value;
    if (kind === 'users')
      books.users[key] = {
        version: last.version,
        value: JSON.parse(last.value),
        description: JSON.parse(last.description ?? 'null'),
      };
  }
  return books;
}

/** What is wrong in the books: every user has one address, that is theirs alone, and nobody else has any. */
export function whyInconsistent({ users, claims }: Books): string[] {
  const faults: string[] = [];
  for (const [name, { value, description }] of Object.entries(users)) {
    if (value.address !== description.address) faults.push(`${name} has two addresses`);
    if (value.publicKey !== description.publicKey) faults.push(`${name} has two public keys`);
    if (claims[value.address] !== name) faults.push(`${name} has not claimed ${value.address}`);
  }
  for (const [address, name] of Object.entries(claims))
    if (users[name]?.value.address !== address) faults.push(`${address} is kept for ${name}`);
  return faults;
}

/** Runs a command that dies at its n-th call (from 0), before or after AWS has done what it asked. */
export async function dieAt(
  { world, through }: Bench,
  nth: number,
  when: 'before' | 'after',
  command: (ports: UserPorts) => Promise<unknown>,
): Promise<'died' | 'ended'> {
  let calls = 0;
  return new Promise((resolve, reject) => {
    const ports = through(async (service, operation, input) => {
      const isLast = calls++ === nth;
      if (isLast && when === 'after') world.call(service, operation, input);
      if (!isLast) return world.call(service, operation, input);
      resolve('died');
      // Whoever died hears nothing any more.
      return new Promise(() => {});
    });
    command(ports).then(() => resolve('ended'), reject);
  });
}
