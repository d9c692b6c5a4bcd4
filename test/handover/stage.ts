/** Two servers with their real agents and WireGuards, before one played AWS, and somebody who uses the VPN. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClock } from '../../local/clock.ts';
import { openDoor } from '../../local/door.ts';
import { type InstanceRecord, interrupt } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import { toImds } from '../../local/imds.ts';
import { startPump } from '../../local/pump.ts';
import { bakedImageId } from '../../local/world.ts';
import { agentPath } from '../image/server.ts';
import { setStage } from '../stage.ts';
import { openGate, openNetwork, webAddress } from './network.ts';

export interface Report {
  serving: { wireguard: boolean };
  sessions: number;
  endpoints: Record<string, string>;
  handover?: { from?: string; clients: number; answered: number; gapMs?: number };
  problem?: string;
}

/** What the client found, once it was told to end. */
interface Use {
  gapMs: { typed: number; download: number; call: number };
  typed: string;
  download: string;
  lost: number;
}

export type HandoverStage = Awaited<ReturnType<typeof setHandover>>;

const prefix = '/perennial/home/state';
const wg = (command: string, input?: string) =>
  execFileSync('wg', [command], { encoding: 'utf8', ...(input && { input }) }).trim();

/** The first server has the address and a client; the second one is about to serve. */
export async function setHandover() {
  const clock = startClock({ speed: 1 });
  const { world } = setStage({
    start: clock.now(),
    times: {
      bootMs: () => null,
      pendingMs: () => 0,
      listLagMs: () => 0,
      newAddressMs: () => 3_600_000,
    },
  });
  const pump = startPump(world.timers, clock, () => undefined);
  const network = openNetwork(2);
  const root = mkdtempSync(join(tmpdir(), 'perennial-handover-'));
  const closers: (() => unknown)[] = [];
  let keepsReports = true;
  const reports = new Map<string, Report>();
  const waiting = new Set<() => void>();

  const [serverKey, clientKey] = [wg('genkey'), wg('genkey')];
  const call = (service: 'ec2' | 'ssm', operation: string, input: object) =>
    pump.change(() => world.call(service, operation, input));
  const put = (name: string, value: object, Type = 'SecureString') =>
    call('ssm', 'PutParameter', {
      Name: `/perennial/home/${name}`,
      Value: JSON.stringify(value),
      Type,
      Overwrite: true,
    });
  put('keys/wireguard', { privateKey: serverKey });
  put('users/ann', {
    password: 'x',
    presharedKey: wg('genpsk'),
    publicKey: wg('pubkey', clientKey),
    address: '10.40.2.2',
    old: null,
  });
  const user = world.parameters.get('/perennial/home/users/ann')?.versions.at(-1)?.value ?? '{}';
  const { presharedKey } = JSON.parse(user) as { presharedKey: string };

  const { AllocationId, PublicIp } = call('ec2', 'AllocateAddress', {}) as {
    AllocationId: string;
    PublicIp: string;
  };
  const records: InstanceRecord[] = [];
  for (const index of network.servers.keys()) {
    const before = new Set(world.instances.keys());
    call('ec2', 'RunInstances', {
      MinCount: 1,
      MaxCount: 1,
      ImageId: bakedImageId,
      InstanceType: 't3.nano',
      InstanceMarketOptions: { MarketType: 'spot' },
    });
    const record = [...world.instances.values()].find(
      ({ id }) => !before.has(id),
    ) as InstanceRecord;
    records.push(record);
    const credentials = {
      accessKeyId: `ASIA${index}`,
      secretAccessKey: 'x',
      sessionToken: 'session',
    };
    const imds = toImds({
      world,
      instanceId: record.id,
      look: pump.change,
      roleName: 'server',
      credentials,
    });
    const door = await openDoor({
      call(service, operation, input, key) {
        const { Name } = input as { Name?: string };
        if (!keepsReports && Name === `${prefix}/servers/${records[0]?.id}`)
          throw new AwsFault('InternalServerError', 'lost', 500);
        return pump.change(() => world.call(service, operation, input, key));
      },
      routes: [imds],
      onCall(asked, { kind }) {
        const { Name = '', Value = '' } = (asked?.input ?? {}) as { Name?: string; Value?: string };
        if (kind !== 'answered' || !Name.startsWith(`${prefix}/servers/`) || !Value) return;
        reports.set(Name.slice(`${prefix}/servers/`.length), JSON.parse(Value) as Report);
        for (const look of waiting) look();
      },
    });
    const { url, gate } = await openGate(Number(new URL(door.url).port));
    closers.push(() => gate.close(), door.close);
    const own = join(root, String(index));
    for (const path of ['run/perennial', 'var/lib/perennial', 'etc/perennial'])
      mkdirSync(join(own, path), { recursive: true });
    symlinkSync('/sys', join(own, 'sys'));
    writeFileSync(
      join(own, 'etc/perennial/server.conf'),
      [
        'vpn=home',
        'region=us-east-1',
        'protocols=wireguard',
        `endpoint_ssm=${url}`,
        `imds=${url}`,
        '',
      ].join('\n'),
    );
  }
  const [old, heir] = records as [InstanceRecord, InstanceRecord];
  const map = () => network.map(records.map(({ address }) => address));
  const associate = ({ id: InstanceId }: InstanceRecord) => {
    call('ec2', 'AssociateAddress', { AllocationId, InstanceId });
    map();
  };
  const startServer = (index: number) => {
    const script = `mkdir -p /run/wireguard && mount -t tmpfs none /run/wireguard && wireguard-go wg0 && exec ${agentPath} --root ${join(root, String(index))} run`;
    const child = network.servers[index]?.start('unshare', '-m', 'sh', '-ec', script);
    child?.stdout.on('data', (text) => process.env.SHOW_LOG && console.log(index, String(text)));
    child?.stderr.on('data', (text) => process.env.SHOW_LOG && console.log(index, String(text)));
  };
  const reported = (of: InstanceRecord, isSo: (report: Report) => boolean) =>
    new Promise<Report>((resolve) => {
      const look = () => {
        const report = reports.get(of.id);
        if (!report || !isSo(report)) return;
        waiting.delete(look);
        resolve(report);
      };
      waiting.add(look);
      look();
    });

  associate(old);
  startServer(0);
  await reported(old, ({ serving }) => serving.wireguard);

  const web = network.web.start('python3', join(import.meta.dirname, 'web.py'));
  await once(web.stdout, 'data');
  writeFileSync(
    join(root, 'client.conf'),
    `[Interface]\nPrivateKey = ${clientKey}\n[Peer]\nPublicKey = ${wg('pubkey', serverKey)}\nPresharedKey = ${presharedKey}\nAllowedIPs = 10.40.2.0/24, 192.0.2.0/24\nEndpoint = ${PublicIp}:51820\n`,
  );
  const client = network.client.start(
    'unshare',
    '-m',
    'sh',
    '-ec',
    `mkdir -p /run/wireguard && mount -t tmpfs none /run/wireguard && wireguard-go wg0 && wg setconf wg0 ${join(root, 'client.conf')} && ip addr add 10.40.2.2/24 dev wg0 && ip link set wg0 mtu 1420 up && ip route add 192.0.2.0/24 dev wg0 && exec python3 ${join(import.meta.dirname, 'client.py')} ${webAddress}`,
  );
  client.stderr.on('data', (text) => process.env.SHOW_LOG && console.log('client', String(text)));
  await once(client.stdout, 'data');

  return {
    world,
    old,
    heir,
    network,
    address: PublicIp,
    reported,
    startHeir: () => startServer(1),
    /** AWS gives notice. */
    warn: () => pump.change(() => interrupt(world, old, 3_600_000)),
    /** From now on nobody hears where the first server's clients are. */
    forgetReports() {
      keepsReports = false;
      call('ssm', 'DeleteParameter', { Name: `${prefix}/servers/${old.id}` });
    },
    /** The first server is gone, with its agent and its WireGuard. */
    killOld() {
      network.servers[0]?.kill();
    },
    /** As the loop does it. */
    move() {
      put('state/move', { address: PublicIp, from: old.id, to: heir.id }, 'String');
      associate(heir);
    },
    /** Ends the client, and tells what it found. */
    async use(): Promise<Use> {
      const answered = once(client.stdout, 'data');
      client.stdin.end();
      return JSON.parse(String((await answered)[0])) as Use;
    },
    async close() {
      network.close();
      for (const close of closers) await close();
      pump.stop();
      rmSync(root, { recursive: true });
    },
  };
}
