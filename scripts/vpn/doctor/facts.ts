/** What several checks go by, asked of AWS once and only if one of them needs it. */
import { toAddresses } from '../../../shared/adapters/addresses.ts';
import { toLooks } from '../../../shared/adapters/looks.ts';
import { toName } from '../../../shared/adapters/route53.ts';
import { toSecrets } from '../../../shared/adapters/secrets.ts';
import { toState } from '../../../shared/adapters/ssm.ts';
import { isOn } from '../../../shared/core/power.ts';
import { type Foreseen, foresee } from '../../../shared/core/status.ts';
import { look } from '../../../shared/look.ts';
import type { Aws } from '../aws.ts';
import { type Identity, identify } from '../identity.ts';
import { findStack, type Stack } from '../stack.ts';
import type { Dns } from './dns.ts';
import { Moot, Unmet } from './model.ts';

export interface Facts {
  aws: Aws;
  dns: Dns;
  /** Aborted by ^C: what waits for long goes by it. */
  signal: AbortSignal;
  /** Rejects with what AWS has against the credentials. */
  identity: () => Promise<Identity>;
  /** The same for who only needs to know that there is one. Rejects with an Unmet. */
  signedIn: () => Promise<Identity>;
  stack: () => Promise<Stack | null>;
  /** What the loop sees and is about to do. */
  seen: () => Promise<Foreseen>;
  /** The address that people's machines find for the name; null if there is none. */
  resolved: () => Promise<string | null>;
}

export function toFacts(aws: Aws, dns: Dns, signal: AbortSignal): Facts {
  const identity = once(() => identify(aws));
  const signedIn = () =>
    identity().catch((error: unknown): never => {
      throw new Unmet(`AWS was not reached as anybody, see "credentials"`, { cause: error });
    });
  return {
    aws,
    dns,
    signal,
    identity,
    signedIn,
    stack: once(async () => {
      await signedIn();
      return findStack(aws);
    }),
    seen: once(async () => {
      await signedIn();
      return see(aws);
    }),
    resolved: once(() => dns.findAddress(aws.settings.name)),
  };
}

async function see({ settings, clients, now }: Aws): Promise<Foreseen> {
  const ports = {
    now,
    servers: toLooks(clients, settings),
    addresses: toAddresses(clients, settings),
    state: toState(clients, settings),
    name: toName(clients, settings),
    secrets: toSecrets(clients, settings),
  };
  const { observed } = await look(ports, settings.policy);
  return foresee(observed, settings.policy);
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

/** Throws an Unmet if there is none, and a Moot if there is to be none. */
export function toServer({ observed, server }: Foreseen): { id: string; address: string | null } {
  if (!isOn(observed)) throw new Moot('the VPN is off');
  if (!server) throw new Unmet('there is no server');
  return server.server;
}
