/** Our zip in a stranger's hands, on an AWS that is not ours: the main job, from power on to a moved name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type LocalFunction, startFunction } from '../../local/lambda/runtime.ts';
import { must } from '../../shared/adapters/answers.ts';
import { toAws } from './aws.ts';
import { startMoto } from './moto.ts';
import { type Deployed, deploy, name } from './stranger.ts';

const peersBin = inject('peersBin');
const moto = await startMoto(peersBin);
const aws = toAws(peersBin, moto.url);

afterAll(moto.stop);

/** Packaging takes some seconds, and so do ten `aws` commands on a busy machine. */
const deployMaxMs = 60_000;

/** As the `aws` command shows an instance. */
interface Server {
  InstanceId: string;
  InstanceType: string;
  ImageId: string;
  InstanceLifecycle?: string;
  PublicIpAddress: string;
  Placement: { AvailabilityZone: string };
  Tags: { Key: string; Value: string }[];
}

/** Each test goes on where the one before it ended. */
describe('the packaged function on moto', () => {
  let deployed: Deployed;
  let harness: LocalFunction;
  let first: Server;
  let second: Server;
  beforeAll(async () => {
    await moto.reset();
    deployed = await deploy(aws, moto.url);
    harness = startFunction(deployed.spec);
  }, deployMaxMs);
  afterAll(async () => {
    await harness?.stop();
    await deployed?.remove();
  });

  const send = async (event: object) => {
    const answer = await harness.invoke(event);
    expect(answer).toMatchObject({ kind: 'done', value: { unread: [] } });
    return answer;
  };
  const tick = () => send(readEvent('scheduled-event'));
  const warn = ({ InstanceId }: Pick<Server, 'InstanceId'>) => {
    const warning = readEvent('spot-interruption-warning');
    return send({
      ...warning,
      time: `${new Date().toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
      resources: [`arn:aws:ec2:us-east-1b:instance/${InstanceId}`],
      detail: { ...warning.detail, 'instance-id': InstanceId },
    });
  };
  const readName = () => readRecord(deployed.zoneId);

  test('a tick while nothing is desired launches nothing', async () => {
    await tick();
    expect(await listServers()).toEqual([]);
  });

  test('power on: a tick launches one spot server of ours, and parks the name', async () => {
    const { imageId: ImageId } = deployed;
    await put('desired', { power: 'on', imageId: ImageId });
    await tick();
    first = theOnly(await listServers());
    expect(first).toMatchObject({ ImageId, InstanceType: 't3.nano', InstanceLifecycle: 'spot' });
    expect(toTags(first)).toMatchObject({
      'perennial:vpn': 'home',
      'perennial:generation': '1',
      Name: 'perennial-home',
    });
    expect(await readName()).toBe('192.0.2.1');
  });

  test('it reports that it serves: the name moves to it', async () => {
    await report(first);
    await tick();
    expect(await readName()).toBe(first.PublicIpAddress);
    expect(await listServers()).toHaveLength(1);
  });

  test('a warning for a foreign instance does nothing', async () => {
    const answer = await warn({ InstanceId: 'i-0b662ef9931388ba0' });
    const ignored = 'i-0b662ef9931388ba0 is not a server of this VPN';
    expect(answer).toMatchObject({ value: { ignored, entries: [] } });
    expect(await listServers()).toHaveLength(1);
  });

  test('a warning for ours: another pool gets a second server, and the name stays', async () => {
    await warn(first);
    const others = (await listServers()).filter(
      ({ InstanceId }) => InstanceId !== first.InstanceId,
    );
    second = theOnly(others);
    expect(toTags(second)).toMatchObject({ 'perennial:vpn': 'home', 'perennial:generation': '2' });
    expect(toPool(second)).not.toBe(toPool(first));
    expect(await readName()).toBe(first.PublicIpAddress);
  });

  test('the same warning again does nothing', async () => {
    expect(await warn(first)).toMatchObject({ value: { ignored: null, entries: [] } });
    expect(await listServers()).toHaveLength(2);
  });

  test('the second reports that it serves: the name moves to it', async () => {
    await report(second);
    await tick();
    expect(await readName()).toBe(second.PublicIpAddress);
    expect(second.PublicIpAddress).not.toBe(first.PublicIpAddress);
    // The first one stays until clients have followed the name.
    expect(await listServers()).toHaveLength(2);
  });
});

function readEvent(fixture: string): { detail: object } {
  const path = join(import.meta.dirname, '../fixtures/events', `${fixture}.json`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

async function listServers(): Promise<Server[]> {
  const { Reservations } = await aws.ask('ec2 describe-instances', {
    filters: [
      'Name=tag:perennial:vpn,Values=home',
      'Name=instance-state-name,Values=pending,running',
    ],
  });
  return Reservations.flatMap(({ Instances }: { Instances: Server[] }) => Instances);
}

function theOnly([one, ...others]: Server[]): Server {
  expect(others).toEqual([]);
  return must(one, 'a server');
}

function toTags({ Tags }: Server): Record<string, string> {
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

function toPool({ InstanceType, Placement }: Server): string {
  return `${InstanceType} ${Placement.AvailabilityZone}`;
}

/** What a server does every minute. */
async function report({ InstanceId }: Server): Promise<void> {
  await put(`servers/${InstanceId}`, { serving: { pptp: true, wireguard: true } });
}

async function put(path: string, value: object): Promise<void> {
  await aws.ask('ssm put-parameter', {
    name: `/perennial/home/state/${path}`,
    value,
    type: 'String',
    overwrite: true,
  });
}

/** Where the name points, or undefined while there is no record. */
async function readRecord(zoneId: string): Promise<string | undefined> {
  const { ResourceRecordSets } = await aws.ask('route53 list-resource-record-sets', {
    'hosted-zone-id': zoneId,
  });
  const records = ResourceRecordSets as {
    Name: string;
    Type: string;
    ResourceRecords: { Value: string }[];
  }[];
  const record = records.find(({ Name, Type }) => Type === 'A' && Name === `${name}.`);
  return record?.ResourceRecords[0]?.Value;
}
