/** What calls ask leave for: the tables, beyond the calls that our roles make. */
import { beforeEach, describe, expect, test } from 'vitest';
import { toAsked } from '../../../local/iam/asked.ts';
import { addRole } from '../../../local/iam/roles.ts';
import { bakedImageId, type ServiceName, type World } from '../../../local/world.ts';
import { setStage } from '../../stage.ts';

const ec2 = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`;
const parameter = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;
const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];
const requestTag = { 'aws:RequestTag/perennial:vpn': 'home', 'aws:TagKeys': ['perennial:vpn'] };
const resourceTag = { 'aws:ResourceTag/perennial:vpn': 'home' };
const region = { 'ec2:Region': 'us-east-1' };
let world: World;

beforeEach(() => {
  world = setStage().world;
});

const ask = (service: ServiceName, operation: string, input: object) =>
  toAsked(world, service, operation, input);

/** Of most calls just this is of interest. */
const resourcesOf = (service: ServiceName, operation: string, input: object) =>
  ask(service, operation, input)?.map(({ resource }) => resource);

test.each<[string, object, string[]]>([
  ['GetParameter', { Name: '/a/b' }, [parameter('a/b')]],
  ['GetParameter', { Name: 'plain' }, [parameter('plain')]],
  ['GetParameter', { Name: '/a/b:3' }, [parameter('a/b'), parameter('a/b:3')]],
  ['GetParameters', { Names: ['/a', '/b:old'] }, ['a', 'b', 'b:old'].map(parameter)],
  ['GetParametersByPath', { Path: '/a/b', Recursive: true }, [parameter('a/b')]],
  ['GetParameterHistory', { Name: '/a' }, [parameter('a')]],
  ['PutParameter', { Name: '/a' }, [parameter('a')]],
  ['DeleteParameter', { Name: '/a' }, [parameter('a')]],
  ['DeleteParameters', { Names: ['/a', '/b'] }, ['a', 'b'].map(parameter)],
  ['DescribeParameters', {}, ['*']],
  ['ListCommandInvocations', { CommandId: 'c' }, ['*']],
  ['GetCommandInvocation', { CommandId: 'c', InstanceId: 'i-1' }, ['*']],
  [
    'SendCommand',
    { DocumentName: 'AWS-RunShellScript', InstanceIds: ['i-1', 'i-2'] },
    [
      'arn:aws:ssm:us-east-1::document/AWS-RunShellScript',
      ec2('instance/i-1'),
      ec2('instance/i-2'),
    ],
  ],
  [
    'SendCommand',
    { DocumentName: 'Perennial-ApplySecrets-home', Targets: [{ Key: 'tag:a', Values: ['b'] }] },
    ['arn:aws:ssm:us-east-1:123456789012:document/Perennial-ApplySecrets-home', ec2('instance/*')],
  ],
])('Systems Manager: %s %j', (operation, input, resources) => {
  expect(resourcesOf('ssm', operation, input)).toEqual(resources);
});

test.each<[string, object, string]>([
  ['ListHostedZones', {}, '*'],
  ['CreateHostedZone', { Name: 'example.org' }, '*'],
  ['ListResourceRecordSets', { HostedZoneId: '/hostedzone/Z1' }, 'arn:aws:route53:::hostedzone/Z1'],
  ['GetChange', { Id: '/change/C1' }, 'arn:aws:route53:::change/C1'],
])('Route 53: %s %j', (operation, input, resource) => {
  expect(resourcesOf('route53', operation, input)).toEqual([resource]);
});

test('a change of records tells all that it changes, with names in one form', () => {
  const change = (Action: string, Name: string, Type: string) => ({
    Action,
    ResourceRecordSet: { Name, Type },
  });
  const Changes = [change('UPSERT', 'VPN.example.org.', 'A'), change('DELETE', '*.b.org', 'TXT')];
  const [asked] =
    ask('route53', 'ChangeResourceRecordSets', {
      HostedZoneId: 'Z1',
      ChangeBatch: { Changes },
    }) ?? [];
  expect(asked?.context).toEqual({
    'route53:ChangeResourceRecordSetsActions': ['UPSERT', 'DELETE'],
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['vpn.example.org', '\\052.b.org'],
    'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'TXT'],
  });
});

describe('EC2', () => {
  test('what is made with tags asks once to be made and once to be tagged', () => {
    const input = { TagSpecifications: [{ ResourceType: 'volume', Tags }] };
    expect(ask('ec2', 'CreateVolume', input)).toEqual([
      {
        action: 'ec2:CreateVolume',
        resource: ec2('volume/*'),
        context: { ...region, ...requestTag },
      },
      {
        action: 'ec2:CreateTags',
        resource: ec2('volume/*'),
        context: { ...region, 'ec2:CreateAction': 'CreateVolume', ...requestTag },
      },
    ]);
    expect(resourcesOf('ec2', 'CreateVolume', {})).toEqual([ec2('volume/*')]);
    expect(resourcesOf('ec2', 'CreateLaunchTemplate', {})).toEqual([ec2('launch-template/*')]);
  });

  test('what is there is asked for by its tags, while it has them', () => {
    const run = { MinCount: 1, MaxCount: 1, ImageId: bakedImageId, InstanceType: 't3.nano' };
    const TagSpecifications = [{ ResourceType: 'instance', Tags }];
    world.call('ec2', 'RunInstances', { ...run, TagSpecifications });
    const [id = ''] = [...world.instances.keys()];
    const tagsOf = (operation: string, input: object) =>
      ask('ec2', operation, input)?.map(({ context }) => context);
    const ours = [{ ...region, ...resourceTag }];
    expect(tagsOf('TerminateInstances', { InstanceIds: [id] })).toEqual(ours);
    expect(tagsOf('TerminateInstances', { InstanceIds: ['i-0'] })).toEqual([region]);
    expect(tagsOf('CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([
      { ...ours[0], 'aws:RequestTag/a': 'b', 'aws:TagKeys': ['a'] },
    ]);
    const ofSsm = { ...resourceTag, 'ssm:resourceTag/perennial:vpn': 'home' };
    expect(
      ask('ssm', 'SendCommand', { DocumentName: 'a', InstanceIds: [id] })?.at(-1)?.context,
    ).toEqual(ofSsm);

    world.call('ec2', 'TerminateInstances', { InstanceIds: [id] });
    world.timers.advance(world.timers.now + 30 * 60_000);
    expect(world.instances.has(id)).toBe(true);
    expect(tagsOf('TerminateInstances', { InstanceIds: [id] })).toEqual([region]);
  });

  test('strays are asked for by their tags, each under its own type', () => {
    const specify = (ResourceType: string) => ({ TagSpecifications: [{ ResourceType, Tags }] });
    world.call('ec2', 'CreateVolume', specify('volume'));
    world.call('ec2', 'RequestSpotInstances', specify('spot-instances-request'));
    const [volume = ''] = [...world.volumes.keys()];
    const [request = ''] = [...world.spotRequests.keys()];
    const context = { ...region, ...resourceTag };
    expect(ask('ec2', 'DeleteVolume', { VolumeId: volume })).toEqual([
      { action: 'ec2:DeleteVolume', resource: ec2(`volume/${volume}`), context },
    ]);
    const action = 'ec2:CancelSpotInstanceRequests';
    expect(ask('ec2', 'CancelSpotInstanceRequests', { SpotInstanceRequestIds: [request] })).toEqual(
      [{ action, resource: ec2(`spot-instances-request/${request}`), context }],
    );
    const both = { Resources: [volume, request], Tags: [] };
    expect(resourcesOf('ec2', 'CreateTags', both)).toEqual([
      ec2(`volume/${volume}`),
      ec2(`spot-instances-request/${request}`),
    ]);
  });
});

describe('a launch asks for', () => {
  const profile = { Name: 'server' };
  const plain = { ImageId: bakedImageId, InstanceType: 't3.nano' };
  const spot = { InstanceMarketOptions: { MarketType: 'spot' } };
  const made = ['instance/*', 'volume/*', 'network-interface/*'];

  test('the image, the default net, and what it makes', () => {
    const image = `arn:aws:ec2:us-east-1::image/${bakedImageId}`;
    const used = ['security-group/sg-default', 'subnet/subnet-default'];
    expect(resourcesOf('ec2', 'RunInstances', plain)).toEqual([
      image,
      ...[...used, ...made].map(ec2),
    ]);
    expect(ask('ec2', 'RunInstances', plain)?.[0]?.context).toEqual({
      ...region,
      'ec2:Owner': '123456789012',
    });
  });

  test('its template by id, also when it is called by its name, and names it with all else', () => {
    const input = { LaunchTemplate: { LaunchTemplateName: 'perennial-home-on-demand' } };
    const [id] = [...world.templates.values()]
      .filter(({ name }) => name === 'perennial-home-on-demand')
      .map((template) => template.id);
    const all = ask('ec2', 'RunInstances', { ...input, ...plain }) ?? [];
    expect(all[0]?.resource).toBe(ec2(`launch-template/${id}`));
    const named = all.map(({ context }) => context['ec2:LaunchTemplate']);
    expect(new Set(named)).toEqual(new Set([ec2(`launch-template/${id}`)]));
  });

  test("the template's groups, market and tags", () => {
    const input = {
      LaunchTemplateName: 'one',
      LaunchTemplateData: {
        ...plain,
        ...spot,
        SecurityGroupIds: ['sg-1', 'sg-2'],
        TagSpecifications: [{ ResourceType: 'spot-instances-request', Tags }],
      },
    };
    world.call('ec2', 'CreateLaunchTemplate', input);
    const all = ask('ec2', 'RunInstances', { LaunchTemplate: { LaunchTemplateName: 'one' } }) ?? [];
    const resources = all.map(({ resource }) => resource);
    expect(resources).toEqual(
      expect.arrayContaining([ec2('security-group/sg-1'), ec2('security-group/sg-2')]),
    );
    // It does not know the template.
    expect(all.slice(-2)).toEqual([
      {
        action: 'ec2:RunInstances',
        resource: ec2('spot-instances-request/*'),
        context: { ...region, ...requestTag },
      },
      {
        action: 'ec2:CreateTags',
        resource: ec2('spot-instances-request/*'),
        context: { ...region, 'ec2:CreateAction': 'RunInstances', ...requestTag },
      },
    ]);
  });

  test('the role that it hands out, for EC2 alone', () => {
    const arn = 'arn:aws:iam::123456789012:role/server';
    addRole(world, {
      logicalId: 'ServerRole',
      name: 'server',
      arn,
      profileArns: ['arn:aws:iam::123456789012:instance-profile/server'],
      managedPolicies: [],
      policies: [],
    });
    const asked = ask('ec2', 'RunInstances', { ...plain, IamInstanceProfile: profile });
    expect(asked?.at(-1)).toEqual({
      action: 'iam:PassRole',
      resource: arn,
      context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    });
  });

  test('nothing that is not there, which EC2 says itself', () => {
    expect(() => ask('ec2', 'RunInstances', { ...plain, IamInstanceProfile: profile })).toThrow(
      'Invalid IAM Instance Profile',
    );
    const LaunchTemplate = { LaunchTemplateId: 'lt-0' };
    expect(() => ask('ec2', 'RunInstances', { ...plain, LaunchTemplate })).toThrow('lt-0');
    const resources = resourcesOf('ec2', 'RunInstances', { ...plain, ImageId: 'ami-0' });
    expect(resources?.filter((resource) => resource.includes('image/'))).toEqual([]);
  });
});

test.each(['constructor', 'toString', 'LabelParameterVersion'])('%s is in no table', (name) => {
  expect(ask('ssm', name, {})).toBeNull();
});
