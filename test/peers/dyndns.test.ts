/** Stock ddclient and inadyn keep homes' records current, through the packaged function and API Gateway's throttle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { type HomeClient, homeClients } from '../../scripts/vpn/words/home.ts';
import { type Deployed, deployHomes, packageHomes } from '../dyndns/deployed.ts';
import { cabin, home } from '../dyndns/house.ts';
import { type Ran, run } from './aws.ts';

const root = inject('debianRoot');
const { packageDir, remove } = await packageHomes();

/** What a home finds to be its own address, as those services say it that clients ask. */
let address: string;
const mirror = createServer((_, response) => {
  response.setHeader('connection', 'close');
  response.end(`<html><body>Current IP Address: ${address}</body></html>`);
});
const mirrorHost = () => `127.0.0.1:${(mirror.address() as AddressInfo).port}`;

let folder: string;
let deployed: Deployed;
beforeAll(() => new Promise<void>((listening) => mirror.listen(0, '127.0.0.1', listening)));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-clients-'));
  deployed = await deployHomes(packageDir);
  address = '203.0.113.7';
});
afterEach(async () => {
  await deployed.stop();
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  mirror.close();
  await remove();
});

/** As `vpn home add` makes it; the function here is on loopback, and so without TLS. */
const toConf = (client: HomeClient, password: string) =>
  homeClients[client]({
    login: { user: deployed.login.user, password },
    hosts: [home, cabin],
    server: new URL(deployed.url).host,
  });

describe('ddclient', () => {
  const cache = () => join(folder, 'ddclient.cache');

  /** Once, as its daemon does every five minutes. */
  async function ddclient(password = deployed.login.password): Promise<Ran> {
    const file = join(folder, 'ddclient.conf');
    const conf = toConf('ddclient', password)
      .replace('ssl=yes', 'ssl=no')
      .replace('https://checkip.amazonaws.com/', `http://${mirrorHost()}/`);
    await writeFile(file, conf, { mode: 0o600 });
    const options = ['-daemon=0', '-noquiet', '-verbose', '-file', file, '-cache', cache()];
    return run('perl', [find('ddclient'), ...options]);
  }

  test('moves two homes by one request, and then asks no more', async () => {
    const { code, stdout, stderr } = await ddclient();
    expect(stdout + stderr).toContain(`SUCCESS:  updating ${home}: good: IP address set to`);
    expect(code).toBe(0);
    expect([deployed.resolve(home), deployed.resolve(cabin)]).toEqual([address, address]);
    expect((await readFile(cache(), 'utf8')).match(/status=good/g)).toHaveLength(2);
    const again = await ddclient();
    expect(again.stdout + again.stderr).toContain('skipped: IP address was already set');
    expect(answers()).toHaveLength(1);
  });

  test('follows when the address changes', async () => {
    await ddclient();
    address = '203.0.113.8';
    // Else it would wait for half a minute from one update to the next.
    await rm(cache());
    await ddclient();
    expect([deployed.resolve(home), deployed.resolve(cabin)]).toEqual([address, address]);
  });

  test('takes no change for an answer', async () => {
    await ddclient();
    await rm(cache());
    const { code, stdout, stderr } = await ddclient();
    expect(stdout + stderr).toMatch(/WARNING: .*home\.example\.org: nochg/);
    expect(code).toBe(0);
    expect((await readFile(cache(), 'utf8')).match(/status=good/g)).toHaveLength(2);
  });

  test('says that its password is wrong', async () => {
    const { code, stdout, stderr } = await ddclient('guess');
    expect(stdout + stderr).toMatch(/FAILED: .*home\.example\.org: badauth/);
    expect(stdout + stderr).toMatch(/FAILED: .*cabin\.example\.org: badauth/);
    expect(code).toBe(1);
    expect(deployed.resolve(home)).toBeNull();
  });

  test('comes again after a fault of AWS', async () => {
    breakRoute53();
    await ddclient();
    expect(await readFile(cache(), 'utf8')).not.toContain('status=good');
    mendRoute53();
    await rm(cache());
    await ddclient();
    expect(deployed.resolve(home)).toBe(address);
  });
});

describe('inadyn', () => {
  async function configure(password = deployed.login.password): Promise<[string, string[]]> {
    const file = join(folder, 'inadyn.conf');
    const conf = toConf('inadyn', password)
      .replace('period = 300', 'allow-ipv6 = true')
      .replace('perennial {', 'perennial {\n  ssl = false\n  checkip-ssl = false')
      .replace('checkip.amazonaws.com', mirrorHost());
    await writeFile(file, conf);
    return [
      find('inadyn'),
      ['--foreground', '--no-pidfile', `--cache-dir=${folder}`, `--config=${file}`],
    ];
  }

  const env = {
    LD_LIBRARY_PATH: globSync(join(root, 'usr/lib/*-linux-gnu')).join(':'),
    // It asks DNS for its hosts when it starts: no machine need have a name server for this.
    RES_OPTIONS: 'attempts:1 timeout:1',
  };

  /** Once, as its daemon does every few minutes. */
  async function inadyn(options: string[] = [], password?: string): Promise<Ran> {
    const [command, args] = await configure(password);
    return run(command, ['--once', ...args, ...options], env);
  }

  test('moves two homes by a request each, and then asks no more', async () => {
    const { code, stderr } = await inadyn();
    expect(stderr).toContain(`Updating cache for ${cabin}`);
    expect(code).toBe(0);
    expect([deployed.resolve(home), deployed.resolve(cabin)]).toEqual([address, address]);
    await inadyn();
    expect(answers()).toHaveLength(2);
  });

  test('follows when the address changes, and beside it has one of IPv6', async () => {
    await inadyn();
    address = '2001:db8::7';
    await inadyn();
    expect(deployed.resolve(home)).toBe('203.0.113.7');
    expect(deployed.resolve(home, 'AAAA')).toBe('2001:db8::7');
  });

  test('takes no change for an answer', async () => {
    await inadyn();
    expect((await inadyn(['--force'])).code).toBe(0);
    expect(answers().slice(2)).toMatchObject([{ word: 'nochg' }, { word: 'nochg' }]);
  });

  test('says that it was refused', async () => {
    const { code } = await inadyn([], 'guess');
    expect(code).not.toBe(0);
    expect(answers()[0]).toMatchObject({ word: 'badauth' });
    expect(deployed.resolve(home)).toBeNull();
  });

  test('as a daemon comes again after a fault of AWS', async () => {
    breakRoute53();
    const [command, args] = await configure();
    const daemon = spawn(command, args, { env });
    const ended = once(daemon, 'exit');
    try {
      for await (const line of createInterface(daemon.stderr)) {
        // It would wait for ten minutes, but can be told to try now.
        if (line.includes('Will retry again in')) {
          mendRoute53();
          daemon.kill('SIGUSR1');
        }
        if (line.includes(`Updating cache for ${cabin}`)) break;
      }
    } finally {
      daemon.kill();
      await ended;
    }
    expect([deployed.resolve(home), deployed.resolve(cabin)]).toEqual([address, address]);
  });
});

/** For a moment Route 53 answers nobody. */
function breakRoute53(): void {
  deployed.aws.world.setFaults((service) =>
    service === 'route53' ? new AwsFault('PriorRequestNotComplete', 'because') : null,
  );
}

function mendRoute53(): void {
  deployed.aws.world.setFaults(() => null);
}

/** What the function said, by its log, request after request. */
function answers(): object[] {
  return deployed.log
    .filter((line) => line.includes('"answers"'))
    .map((line) => JSON.parse(line).answers[0]);
}

function find(name: string): string {
  const path = ['bin', 'sbin'].map((bin) => join(root, 'usr', bin, name)).find(existsSync);
  if (!path) throw new Error(`Debian's packages have no ${name}`);
  return path;
}
