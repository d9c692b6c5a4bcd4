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
import { findStack, type Stack } from '../stack.ts';
import type { Dns } from './dns.ts';
import { Moot, Unmet } from './model.ts';

export interface Identity {
  arn: string;
  account: string;
  /** How far this machine's clock is ahead of AWS's, milliseconds; AWS's has whole seconds. */
  aheadMs: number;
}

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

async function identify({ options }: Aws): Promise<Identity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...options, region: toHomeRegion(options.region) });
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      date = (answer.response as { headers?: Record<string, string> }).headers?.date;
      return answer;
    },
    { step: 'deserialize', name: 'readDate' },
  );
  const asked = Date.now();
  const { Arn = '', Account = '' } = await client.send(new GetCallerIdentityCommand({}));
  // AWS has looked at its clock somewhere in between, and its seconds are cut.
  const middle = (asked + Date.now()) / 2;
  return { arn: Arn, account: Account, aheadMs: date ? middle - (Date.parse(date) + 500) : 0 };
}

/** One of the same partition that is always there, whatever is configured. */
export function toHomeRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
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
