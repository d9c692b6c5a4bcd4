/** Joins a bake's ports with their adapters. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toBakeRecords } from '../adapters/bake-records.ts';
import { toBakes } from '../adapters/bakes.ts';
import { type Clients, toBakeClients } from '../adapters/clients.ts';
import { toWishes } from '../adapters/wishes.ts';
import type { Environment } from '../environment.ts';
import type { Bakery } from './bake.ts';
import { type BakeConfig, readBakeConfig } from './config.ts';
import type { Pack } from './pack.ts';
import type { BakePorts } from './ports.ts';

/** For the function: everything from its environment. Throws if that is not usable. */
export function wireBake(env: Environment, pack: Pack): Bakery {
  const config = readBakeConfig(env);
  return toBakery(config, pack, toBakePorts(config, toBakeClients(config), Date.now));
}

export function toBakery(
  { policy, region, ssmAgent }: BakeConfig,
  pack: Pack,
  ports: BakePorts,
): Bakery {
  const { vpn, protocols } = policy;
  return { ports, policy, pack, settings: { vpn, region, protocols, ssmAgent } };
}

export function toBakePorts(
  { policy }: { policy: Pick<BakeConfig['policy'], 'vpn'> },
  clients: Pick<Clients, 'ec2' | 'ssm'>,
  now: () => number,
  pause: (ms: number) => Promise<void> = (ms) => sleep(ms),
): BakePorts {
  return {
    now,
    pause,
    ec2: toBakes(clients, policy.vpn),
    records: toBakeRecords(clients, policy.vpn),
    wishes: toWishes(clients, { policy }),
  };
}
