/**
 * The whole VPN with nothing played but AWS: the functions as they are packaged, in real time; a virtual machine for
 * each instance that EC2 starts, which boots with what EC2 would give it; and a machine with a client.
 */
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import type { Door } from '../../local/door.ts';
import { type InstanceRecord, isAlive } from '../../local/ec2/instances.ts';
import { addZone } from '../../local/route53.ts';
import { makeToken, setPower } from '../../local/world-route.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { follow, type Line } from '../../scripts/story.ts';
import { serversMax } from '../../shared/core/limits.ts';
import type { Way } from '../cutover/rounds.ts';
import { toRealGuests } from '../real/guests.ts';
import { fetchDisks } from './disk.ts';
import { bootMachine, type Machine } from './machine.ts';
import { openNetwork } from './network.ts';
import { prepare } from './people.ts';
import { endpointAddress, openWires } from './story-wires.ts';
import { suite } from './suite.ts';

export interface StoryStage {
  aws: LocalAws;
  client: Machine;
  /** Each line that somebody in the client's machine sends to that port of the router. */
  hear: (port: number, onLine: (line: string) => void) => Promise<void>;
  /** By the HTTP API, as whoever owns the VPN. */
  ask: (method: string, path: string, body?: object) => Promise<unknown>;
  /** The server that the name leads to, once it serves. */
  current: () => InstanceRecord | null;
  alive: () => InstanceRecord[];
  until: (what: string, isSo: () => boolean | Promise<boolean>, limitMs?: number) => Promise<void>;
  close: () => Promise<void>;
}

const templateFile = 'cloudformation-template-update-stack.json';
const nanoMebibytes = 512;
/** Boots under emulation are what takes long. */
const stepMaxMs = 5 * 60_000;
const lookMs = 100;
/** AWS answers at once, and takes a second or two until packets go to another instance. */
const moveMs = 1_000;

export async function setStory(
  tell: (line: Line) => void,
  { signal, way = 'handover' }: { signal?: AbortSignal; way?: Way } = {},
): Promise<StoryStage> {
  const disks = fetchDisks(suite);
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => void faults.push(fault);
  const network = await openNetwork(serversMax);
  const seeds = mkdtempSync(join(tmpdir(), 'perennial-story-'));
  const slots: (string | null)[] = network.servers.map(() => null);
  const closers: (() => Promise<void> | void)[] = [
    () => network.close(),
    () => rmSync(seeds, { recursive: true }),
  ];
  const close = async () => {
    for (const undo of closers.toReversed()) await undo();
  };
  try {
    const real = toRealGuests({
      start: (record, door) => bootServer(record, door),
      onFault,
      areStrangers: way === 'address',
    });
    const aws = await startLocalAws({
      packageDir: way === 'name' ? withoutAddress(join(seeds, 'package')) : packageDir,
      speed: 1,
      port: 0,
      seed: 1,
      guests: real.guests,
      onLog: (line) => {
        if (/"level":"error"|^local:/.test(line)) onFault(new Error(line));
      },
      onFailed: ({ responsePayload }) => onFault(new Error(responsePayload.errorMessage)),
    });
    closers.push(aws.stop, real.close);
    let isOpen = true;
    const mapping = setInterval(map, lookMs);
    closers.push(() => {
      isOpen = false;
      clearInterval(mapping);
    });
    real.begin(aws.pump.change);
    const { world, config, pump } = aws;
    follow(aws, tell);
    let mapped = '';
    function map(): void {
      const addresses = slots.map((id) => {
        const record = id ? world.instances.get(id) : undefined;
        return record && isAlive(record) ? record.address : null;
      });
      if (mapped === addresses.join()) return;
      mapped = addresses.join();
      setTimeout(() => isOpen && network.map(addresses), moveMs);
    }
    const host = `ssm.${world.region}.amazonaws.com`;
    addZone(world, 'ZAWS', 'amazonaws.com').records.set(host, {
      Name: `${host}.`,
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: endpointAddress }],
    });
    const wires = await openWires(network, host, aws.dns.address);
    const web = network.web.start('python3', join(import.meta.dirname, '../handover/web.py'));
    await once(web.stdout as NodeJS.ReadableStream, 'data');

    async function bootServer(record: InstanceRecord, door: Door) {
      const index = slots.indexOf(null);
      const wire = network.servers[index];
      if (!wire) throw new Error('More servers than there may ever be');
      slots[index] = record.id;
      wires.lead(index, door.url);
      const seed = join(seeds, record.id);
      mkdirSync(seed);
      writeFileSync(join(seed, 'meta-data'), `instance-id: ${record.id}\n`);
      writeFileSync(join(seed, 'user-data'), record.userData);
      const machine = await bootMachine({
        name: record.id,
        disk: disks.server,
        wire,
        memory: nanoMebibytes,
        seed,
        dns: wire.gateway,
        files: { '/etc/ssl/story.pem': wires.authority },
        append: ['systemd.setenv=SSL_CERT_FILE=/etc/ssl/story.pem'],
        ...(signal && { signal }),
      });
      return {
        run: machine.run,
        async kill() {
          await machine.kill();
          slots[index] = null;
          wires.lead(index, null);
        },
      };
    }

    const client = await bootMachine({
      name: 'client',
      disk: disks.client,
      wire: network.client,
      ...(signal && { signal }),
    });
    closers.push(client.kill);
    await prepare(client);
    // Clocks that agree: what the client's people saw is held against what happened here.
    await client.must(`
      date -s @${(Date.now() / 1_000).toFixed(3)}
      rm -f /etc/resolv.conf
      echo nameserver ${network.client.gateway} >/etc/resolv.conf`);
    const alive = () => [...world.instances.values()].filter(isAlive);
    const token = pump.change(() => {
      // The image is baked, and off is what whoever has just deployed finds.
      setPower(world, config, 'off');
      return makeToken(world, config);
    });
    return {
      aws,
      client,
      async hear(port, onLine) {
        const server = await network.listen(network.client.gateway, port);
        server.on('connection', (caller) => {
          caller.on('error', () => undefined);
          createInterface({ input: caller }).on('line', onLine);
        });
      },
      async ask(method, path, body) {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
        const answer = await fetch(`${aws.api.url}${path}`, init);
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
      },
      alive,
      current: () =>
        alive().find(
          ({ id, address }) => address === world.resolve(config.name) && world.guests.serves(id),
        ) ?? null,
      async until(what, isSo, limitMs = stepMaxMs) {
        const end = performance.now() + limitMs;
        while (!(await isSo())) {
          if (faults.length) throw faults[0];
          signal?.throwIfAborted();
          if (performance.now() > end) throw new Error(`It did not come true that ${what}`);
          await wait(lookMs);
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The package as it is with `address: dynamic` in perennial.yml. */
function withoutAddress(folder: string): string {
  cpSync(packageDir, folder, { recursive: true });
  const file = join(folder, templateFile);
  const text = readFileSync(file, 'utf8');
  const changed = text.replaceAll(/("PERENNIAL_ADDRESS": ?)"auto"/g, '$1"dynamic"');
  if (changed === text) throw new Error('The package does not say which address servers have');
  writeFileSync(file, changed);
  return folder;
}
