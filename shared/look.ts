/** Looks at the world as it is now, for whoever decides on it: the loop, or a person who asks what it would do. */
import { toDoubtful } from './core/fleet.ts';
import type { Journal } from './core/journal.ts';
import type { Observed, Policy, Stray } from './core/model.ts';
import type { LookPorts, Versioned } from './ports.ts';

export interface Look {
  observed: Observed;
  journal: Versioned<Journal>;
  /** What could not be read, and is done without. */
  unread: string[];
}

/** At most six calls, side by side. Without the servers or the state there is nothing to decide on. */
export async function look(
  ports: LookPorts,
  policy: Policy,
  listStrays: (seen: Observed) => Promise<Stray[]> = async () => [],
): Promise<Look> {
  const now = ports.now();
  const unread: string[] = [];
  const without = (what: string) => (error: unknown) => {
    unread.push(`${what}: ${error instanceof Error ? error.name : 'unknown error'}`);
    return null;
  };
  const types = policy.types.map(({ type }) => type);
  const [servers, state, name, prices, secrets, addresses] = await Promise.all([
    ports.servers.list(),
    ports.state.read(),
    ports.name
      .read()
      .then((address) => ({ address }))
      .catch(without('the name')),
    ports.servers.prices(types, now).catch(without('spot prices')),
    ports.secrets.list().catch(without('users')),
    policy.address === 'elastic'
      ? ports.addresses.list().catch(without('addresses'))
      : Promise.resolve(null),
  ]);
  const { desired, reports, journal, ledger } = state;
  const { memory } = journal.value;
  const seen = { servers, reports, name, addresses, prices, secrets };
  const facts = { now, desired, ...seen, ledger, memory };
  const first: Observed = { ...facts, impaired: [], strays: [] };

  // Two more looks, where there is cause: at servers whose report is late, and now and then for strays.
  const doubtful = toDoubtful(first, policy);
  const [impaired, strays] = await Promise.all([
    doubtful.length
      ? ports.servers.impaired(doubtful).catch(without('status checks'))
      : Promise.resolve([]),
    listStrays(first).catch(without('strays')),
  ]);
  // What is not known now is as it was: one whose incident goes on has not recovered by that.
  const lost = impaired ?? doubtful.filter((id) => id === memory.incident?.serverId);
  const observed = { ...first, impaired: lost, strays: strays ?? [] };
  return { observed, journal, unread };
}
