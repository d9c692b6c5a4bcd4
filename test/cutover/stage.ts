/** The VPN in namespaces: real agents, WireGuard, and somebody who uses it; the loop before a played AWS, in real time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startClock } from '../../local/clock.ts';
import type { Door } from '../../local/door.ts';
import { type InstanceRecord, isAlive } from '../../local/ec2/instances.ts';
import { startPump } from '../../local/pump.ts';
import { bakedImageId } from '../../local/world.ts';
import { serversMax } from '../../shared/core/limits.ts';
import { openGate, openNetwork } from '../handover/network.ts';
import { agentPath } from '../image/server.ts';
import { type Machine, toRealGuests } from '../real/guests.ts';
import { startLoop } from '../real/loop.ts';
import { desire, name, setStage } from '../stage.ts';
import { type Answer, isCalm, type Stream, tunnelStreams } from './answers.ts';
import {
  startAgent,
  startClient,
  startWeb,
  toClientConf,
  toServerConf,
  userAddress,
} from './people.ts';
import type { Stage, Way } from './rounds.ts';

const user = 'ann';
const lookMs = 50;
const wg = (command: string, input?: string) =>
  execFileSync('wg', [command], { encoding: 'utf8', ...(input && { input }) }).trim();
/** `bootMs` is how long a machine takes until its agent starts. */
export async function setWay(way: Way, bootMs: number, signal: AbortSignal): Promise<Stage> {
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => void faults.push(fault);
  let leapt = 0;
  const clock = startClock({ realNow: () => Date.now() + leapt });
  const network = openNetwork(serversMax);
  const root = mkdtempSync(join(tmpdir(), 'perennial-cutover-'));
  const slots: (string | null)[] = network.servers.map(() => null);

  const real = toRealGuests({
    start: (record, door) => startServer(record, door),
    onFault,
    areStrangers: way === 'address',
  });
  const { world, config } = setStage({
    start: clock.now(),
    guests: real.guests,
    address: way === 'name' ? 'dynamic' : 'elastic',
    env: { PERENNIAL_PROTOCOLS: 'wireguard' },
    times: { pendingMs: () => 0, shuttingDownMs: () => 1_000, listLagMs: () => 0 },
  });
  const nameFile = join(root, 'name');
  let mapped = '';
  const pump = startPump(world.timers, clock, () => {
    const addresses = slots.map((id) => {
      const record = id ? world.instances.get(id) : undefined;
      return record && isAlive(record) ? record.address : null;
    });
    const resolved = world.resolve(name) ?? '';
    if (mapped === [...addresses, resolved].join()) return;
    mapped = [...addresses, resolved].join();
    network.map(addresses);
    writeFileSync(nameFile, resolved);
  });
  real.begin(pump.change);

  async function startServer(record: InstanceRecord, door: Door): Promise<Machine> {
    const index = slots.indexOf(null);
    const host = network.servers[index];
    if (!host) throw new Error('More servers than there may ever be');
    slots[index] = record.id;
    const own = join(root, record.id);
    for (const path of ['run/perennial', 'var/lib/perennial', 'etc/perennial'])
      mkdirSync(join(own, path), { recursive: true });
    symlinkSync('/sys', join(own, 'sys'));
    const { url, gate } = await openGate(Number(new URL(door.url).port));
    writeFileSync(join(own, 'etc/perennial/server.conf'), toServerConf(url));
    await wait(bootMs);
    if (!isAlive(record)) throw new Error(`${record.id} has ended before it had booted`);
    startAgent(host, `${agentPath} --root ${own} run`, record.id);
    return {
      async run() {
        return { code: 0, output: host.run(agentPath, '--root', own, 'apply-secrets') };
      },
      async kill() {
        host.kill();
        // The next machine in its place has a kernel of its own.
        host.run('nft', 'flush', 'ruleset');
        host.run('sh', '-c', 'conntrack -F 2>/dev/null');
        gate.close();
        slots[index] = null;
      },
    };
  }

  const [serverKey, clientKey, presharedKey] = [wg('genkey'), wg('genkey'), wg('genpsk')];
  const put = (path: string, value: object, description: object) =>
    pump.change(() =>
      world.call('ssm', 'PutParameter', {
        Name: `/perennial/home/${path}`,
        Value: JSON.stringify(value),
        Description: JSON.stringify(description),
        Type: 'SecureString',
      }),
    );
  const publicKey = wg('pubkey', serverKey);
  put('keys/wireguard', { privateKey: serverKey }, { publicKey });
  const peer = { publicKey: wg('pubkey', clientKey), address: userAddress, old: null };
  const known = { ...peer, ownKey: true, rotated: new Date().toISOString(), expires: null };
  put(`users/${user}`, { password: 'x', presharedKey, ...peer }, known);
  const loop = startLoop({
    world,
    config,
    change: pump.change,
    onEntry: ({ why }) => process.env.SHOW_LOG && console.error('loop', why),
    onFault,
  });
  const leap = (ms: number) => {
    leapt += ms;
    // Who has reported a moment ago has done so in the new time as well.
    pump.change(() => {
      for (const [Name, { versions }] of world.parameters)
        if (Name.includes('/state/servers/'))
          world.call('ssm', 'PutParameter', {
            Name,
            Value: versions.at(-1)?.value,
            Type: 'String',
            Overwrite: true,
          });
    });
  };
  const answers: Answer[] = [];
  const stage: Stage = {
    world,
    change: pump.change,
    streams: tunnelStreams,
    answers,
    alive: () => [...world.instances.values()].filter(isAlive),
    current: () =>
      stage.alive().find(({ id, address }) => {
        return address === world.resolve(name) && world.guests.serves(id);
      }) ?? null,
    knowsClients({ id }) {
      const report = world.parameters.get(`/perennial/home/state/servers/${id}`)?.versions.at(-1);
      return Boolean(report && (JSON.parse(report.value) as { endpoints: string }).endpoints);
    },
    hurry() {
      loop.wake({ kind: 'tick' });
      const ends = stage.alive().flatMap(({ takenAt }) => takenAt ?? []);
      // Once all are with the next server the rest of the two minutes is of no interest.
      if (ends.length > 0 && isCalm(answers, tunnelStreams, Date.now()))
        leap(Math.max(...ends) - clock.now());
    },
    restEvery: 1,
    rest: async (ms) => leap(ms),
    async until(what, isSo, limitMs) {
      const end = performance.now() + limitMs;
      while (!isSo()) {
        if (faults.length) throw faults[0];
        signal.throwIfAborted();
        if (performance.now() > end)
          throw new Error(`${way}: it did not come true within ${limitMs / 1_000} s that ${what}`);
        await wait(lookMs);
      }
    },
    async close() {
      await loop.stop();
      pump.stop();
      await real.close();
      network.close();
      rmSync(root, { recursive: true });
    },
  };
  try {
    pump.change(() => desire(world, { power: 'on', imageId: bakedImageId }));
    await stage.until('a server serves', () => stage.current() !== null, bootMs + 60_000);
    const hasMoved = () => [...world.addresses.values()].some(({ owners }) => owners.length > 0);
    if (way !== 'name') await stage.until('it has the address', hasMoved, 60_000);
    await stage.until('the name is its', () => stage.current() !== null, 60_000);
    await startWeb(network.web);
    const conf = join(root, 'client.conf');
    writeFileSync(conf, toClientConf(clientKey, publicKey, presharedKey, world.resolve(name)));
    startClient(network.client, conf, way === 'name' ? [nameFile] : [], answers);
    const has = (stream: Stream) => answers.some((answer) => answer.stream === stream);
    await stage.until('everything comes back', () => tunnelStreams.every(has), 60_000);
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}
