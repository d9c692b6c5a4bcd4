/** Two servers with their real agents and WireGuards, before one played AWS, and somebody who uses the VPN. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { agentPath } from '../image/server.ts';
import { openCloud } from './cloud.ts';
import { openGate, openNetwork } from './network.ts';
import { type Deed, startCrowd, startPerson, toUser, wg } from './people.ts';

export type HandoverStage = Awaited<ReturnType<typeof setHandover>>;

/** The first server has the address, the second is not there yet, and nobody is connected. */
export async function setHandover(userCount = 1) {
  const cloud = openCloud();
  const network = openNetwork(2);
  const root = mkdtempSync(join(tmpdir(), 'perennial-handover-'));
  const closers: (() => unknown)[] = [];
  const serverKey = wg('genkey');
  const users = Array.from({ length: userCount }, (_, index) => toUser(index));
  cloud.put('keys/wireguard', { privateKey: serverKey });
  for (const { name, publicKey, presharedKey, address } of users)
    cloud.put(`users/${name}`, { password: 'x', presharedKey, publicKey, address, old: null });
  const { AllocationId, PublicIp: address } = cloud.call('ec2', 'AllocateAddress', {}) as {
    AllocationId: string;
    PublicIp: string;
  };

  const records = network.servers.map(() => cloud.launch());
  const [old, heir] = records as [InstanceRecord, InstanceRecord];
  for (const [index, record] of records.entries()) {
    const door = await cloud.openDoor(record);
    const { url, gate } = await openGate(Number(new URL(door.url).port));
    closers.push(() => gate.close(), door.close);
    setDisk(join(root, String(index)), url);
  }
  const startServer = (index: number) => {
    const script = `mkdir -p /run/wireguard && mount -t tmpfs none /run/wireguard && wireguard-go wg0 && exec ${agentPath} --root ${join(root, String(index))} run`;
    const child = network.servers[index]?.start('unshare', '-m', 'sh', '-ec', script);
    for (const stream of [child?.stdout, child?.stderr])
      stream?.on('data', (text) => process.env.SHOW_LOG && console.log(index, String(text)));
  };
  const associate = ({ id: InstanceId }: InstanceRecord) => {
    cloud.call('ec2', 'AssociateAddress', { AllocationId, InstanceId });
    network.map(records.map((record) => record.address));
  };
  associate(old);
  startServer(0);
  await cloud.reported(old, ({ serving }) => serving.wireguard);
  const web = network.web.start('python3', join(import.meta.dirname, 'web.py'));
  await once(web.stdout, 'data');

  return {
    cloud,
    network,
    old,
    heir,
    /** Somebody connects, does that, and the first server has said where they are. */
    async startPerson(deeds: Deed[] = ['typing', 'download', 'call']) {
      const [user] = users as [(typeof users)[0]];
      const person = await startPerson(network, user, serverKey, address, root, deeds);
      await cloud.reported(old, ({ endpoints }) => endpoints !== '');
      return person;
    },
    /** All users do. */
    async startCrowd() {
      const crowd = await startCrowd(network, users, serverKey, address, root);
      await cloud.reported(old, ({ sessions }) => sessions === userCount);
      return crowd;
    },
    /** The second server serves, and has read what it can know of the first one's clients. */
    async startHeir() {
      startServer(1);
      await cloud.reported(heir, ({ serving }) => serving.wireguard);
      await cloud.hasRead(heir);
    },
    /** The first server is gone, with its agent and its WireGuard. */
    killOld() {
      network.servers[0]?.kill();
    },
    /** As the loop does it. */
    move(from = old, to = heir) {
      cloud.put('state/move', { address, from: from.id, to: to.id }, 'String');
      associate(to);
    },
    async close() {
      network.close();
      for (const close of closers) await close();
      cloud.close();
      rmSync(root, { recursive: true });
    },
  };
}

function setDisk(root: string, url: string): void {
  for (const path of ['run/perennial', 'var/lib/perennial', 'etc/perennial'])
    mkdirSync(join(root, path), { recursive: true });
  symlinkSync('/sys', join(root, 'sys'));
  writeFileSync(
    join(root, 'etc/perennial/server.conf'),
    `vpn=home\nregion=us-east-1\nprotocols=wireguard\nendpoint_ssm=${url}\nimds=${url}\n`,
  );
}
