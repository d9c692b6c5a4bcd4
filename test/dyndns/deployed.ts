/** The packaged service on a played AWS behind a played API Gateway, with homes of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { toHosts } from '../../shared/adapters/dyndns.ts';
import { addHosts } from '../../shared/dyndns/hosts.ts';
import type { Login } from '../../shared/dyndns/login.ts';
import { runOsls } from '../compiled-template.ts';
import { cabin, home } from './house.ts';

export interface Deployed {
  aws: LocalAws;
  /** Where the HTTP API listens. */
  url: string;
  /** Every line that functions logged, and what failed. */
  log: string[];
  login: Login;
  /** The value that a name's record has now. */
  resolve: (name: string, type?: 'A' | 'AAAA') => string | null;
  stop: () => Promise<void>;
}

/** A folder with the service as it would be deployed for two homes, and how to remove it. */
export async function packageHomes(): Promise<{ packageDir: string; remove: () => Promise<void> }> {
  const { code, output, files } = await runOsls('package', `home: ${home},${cabin}`);
  if (code !== 0) throw new Error(output);
  const packageDir = await mkdtemp(join(tmpdir(), 'perennial-homes-'));
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(packageDir, name), bytes)));
  return { packageDir, remove: () => rm(packageDir, { recursive: true }) };
}

/** One login for both homes. */
export async function deployHomes(packageDir: string): Promise<Deployed> {
  const log: string[] = [];
  const aws = await startLocalAws({
    packageDir,
    speed: 1,
    port: 0,
    seed: 1,
    onLog: (line) => log.push(line),
    onFailed: ({ responsePayload }) => log.push(responsePayload.errorMessage),
  });
  const store = toHosts(toDirectClients(toCall(aws.world)), { vpn: 'home' });
  const allow: ['documentation'] = ['documentation'];
  const login = await addHosts(store, randomBytes, { hosts: [home, cabin], allow });
  return {
    aws,
    url: aws.api.url,
    log,
    login,
    resolve(name, type = 'A') {
      const zone = aws.world.zones.get(aws.config.zoneId);
      const sets = [...(zone?.records.values() ?? [])];
      const found = sets.find(({ Name, Type }) => Name === `${name}.` && Type === type);
      return found?.ResourceRecords?.[0]?.Value ?? null;
    },
    stop: aws.stop,
  };
}
