/** What our tables say that calls ask leave for, beside AWS's service authorization reference as parliament keeps it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { toAsked } from '../../local/iam/asked.ts';
import { ec2Asks } from '../../local/iam/ec2.ts';
import type { Asked } from '../../local/iam/policy.ts';
import { route53Asks } from '../../local/iam/route53.ts';
import { ssmAsks } from '../../local/iam/ssm.ts';
import { bakedImageId } from '../../local/world.ts';
import { must } from '../../shared/adapters/answers.ts';
import { packageTemplate } from '../compiled-template.ts';
import { deployed } from '../role-calls.ts';

interface Service {
  prefix: string;
  privileges: { privilege: string; resource_types: ResourceType[] }[];
  resources: { resource: string; arn: string }[];
}

/** The one with an empty name has the keys that hold whatever the resource is; a star marks what must be asked for. */
interface ResourceType {
  resource_type: string;
  condition_keys: string[];
}

/** What the reference does not have, by the operation. */
const known: Record<string, string[]> = {
  // EC2's user guide has the statement with which one may request spot by RunInstances and tag the request.
  'ec2:RunInstances': [
    'ec2:RunInstances knows no resource arn:aws:ec2:us-east-1:123456789012:spot-instances-request/*',
  ],
};

const [file = ''] = globSync('lib/*/site-packages/parliament/iam_definition.json', {
  cwd: join(inject('peersBin'), '..'),
});
const reference = JSON.parse(
  readFileSync(join(inject('peersBin'), '..', file), 'utf8'),
) as Service[];
const { world, config } = deployed(await packageTemplate());

const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];
const types = [
  'instance',
  'volume',
  'spot-instances-request',
  'network-interface',
  'image',
  'snapshot',
];
/** Every operation takes its own out of it. */
const input = {
  Name: '/perennial/home/users/ann',
  Names: ['/perennial/home/users/ann'],
  Path: '/perennial/home/users',
  DocumentName: 'Perennial-ApplySecrets-home',
  InstanceIds: ['i-0123'],
  InstanceId: 'i-0123',
  SnapshotId: 'snap-0123',
  VolumeId: 'vol-0123',
  SpotInstanceRequestIds: ['sir-0123'],
  Resources: ['i-0123', 'vol-0123', 'sir-0123'],
  Tags,
  TagSpecifications: [...types, 'launch-template'].map((ResourceType) => ({ ResourceType, Tags })),
  ImageId: bakedImageId,
  LaunchTemplate: { LaunchTemplateId: config.templates.spot.id },
  HostedZoneId: config.zoneId,
  ChangeBatch: {
    Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name: config.name, Type: 'A' } }],
  },
  Id: 'C0123',
};
const operations = [
  ...Object.keys(ec2Asks).map((name) => ['ec2', name] as const),
  ...Object.keys(ssmAsks).map((name) => ['ssm', name] as const),
  ...Object.keys(route53Asks).map((name) => ['route53', name] as const),
  ['events', 'PutEvents'] as const,
];

test.each(operations)('%s:%s', (service, operation) => {
  const all = must(toAsked(world, service, operation, input), 'a table');
  const own = `${service}:${operation}`;
  const found = [...all.flatMap(whyWrong), ...whatIsMissing(own, all)];
  expect(found).toEqual(known[own] ?? []);
});

test('the reference would tell a wrong action, resource and key', () => {
  const resource = 'arn:aws:ssm:us-east-1:123456789012:parameter/a';
  const get = { action: 'ssm:GetParameter', resource, context: {} };
  expect(whyWrong({ ...get, action: 'ssm:GetParametr' })).toEqual(['ssm:GetParametr is unknown']);
  expect(whyWrong({ ...get, resource: '*' })).toEqual(['ssm:GetParameter knows no resource *']);
  expect(whyWrong({ ...get, context: { 'ssm:Name': 'a' } })).toEqual([
    'ssm:GetParameter knows no key ssm:Name',
  ]);
  expect(whatIsMissing('ssm:SendCommand', [])).toEqual(['ssm:SendCommand asks for no document']);
});

function whyWrong({ action, resource, context }: Asked): string[] {
  const privilege = find(action);
  if (!privilege) return [`${action} is unknown`];
  const fitting = privilege.filter(({ arn }) => (arn ? arn.test(resource) : false));
  const narrow = privilege.some(({ arn }) => arn);
  if (narrow ? fitting.length === 0 : resource !== '*')
    return [`${action} knows no resource ${resource}`];
  const everywhere = privilege.filter(({ arn }) => !arn);
  const keys = [...fitting, ...everywhere].flatMap((one) => one.keys.map(withoutTag));
  const isKnown = (name: string) => keys.includes(withoutTag(name));
  return Object.keys(context)
    .filter((name) => !isKnown(name))
    .map((name) => `${action} knows no key ${name}`);
}

/** `aws:RequestTag/…`, whatever the tag is called. */
function withoutTag(key: string): string {
  return key.replace(/Tag\/.*/, 'Tag/…');
}

/** Of the types that the reference stars. */
function whatIsMissing(action: string, all: Asked[]): string[] {
  const resources = all.filter((one) => one.action === action).map(({ resource }) => resource);
  return (find(action) ?? [])
    .filter(({ arn, required }) => required && !resources.some((resource) => arn?.test(resource)))
    .map(({ type }) => `${action} asks for no ${type}`);
}

function find(action: string) {
  const [prefix, name] = action.split(':');
  const service = reference.find((one) => one.prefix === prefix);
  const privilege = service?.privileges.find((one) => one.privilege === name);
  return privilege?.resource_types.map(({ resource_type, condition_keys: keys }) => {
    const type = resource_type.replace('*', '');
    const pattern = service?.resources.find(({ resource }) => resource === type)?.arn;
    const arn = pattern ? new RegExp(`^${pattern.replace(/\$\{\w+\}/g, '.*')}$`) : null;
    return { type, keys, arn, required: resource_type.endsWith('*') };
  });
}
