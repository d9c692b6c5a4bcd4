/** Real DNS, as the machines of people ask it: this machine's resolvers, or one that is named. */
import { Resolver } from 'node:dns/promises';

export interface Dns {
  /** An IPv4 address of the name, or null if there is none. Rejects if nobody answers. */
  findAddress: (name: string) => Promise<string | null>;
  /** The name servers of a zone, in small letters without a dot at the end; none if there is no such zone. */
  findNameServers: (zone: string) => Promise<string[]>;
  /** Whether a person has said whom to ask. */
  isNamed: boolean;
}

const timeoutMs = 3_000;
const tries = 2;

/** What a resolver says when it knows that there is nothing, not that it knows nothing. */
const isNothing = (error: unknown) =>
  ['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');

/** `server` is an address like 1.1.1.1 or 127.0.0.1:5353. Throws a TypeError if it is none. */
export function toDns(server?: string): Dns {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (server !== undefined) resolver.setServers([server]);
  return {
    isNamed: server !== undefined,
    async findAddress(name) {
      const [address] = await orNothing(resolver.resolve4(name));
      return address ?? null;
    },
    async findNameServers(zone) {
      const names = await orNothing(resolver.resolveNs(zone));
      return names.map((name) => name.toLowerCase().replace(/\.$/, ''));
    },
  };
}

async function orNothing(asked: Promise<string[]>): Promise<string[]> {
  try {
    return await asked;
  } catch (error) {
    if (isNothing(error)) return [];
    throw error;
  }
}
