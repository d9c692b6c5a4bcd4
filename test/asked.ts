/** Which resources the calls of the adapters ask IAM for: the calls recorded, not copied. */
import { toServers } from '../shared/adapters/ec2.ts';
import { toName } from '../shared/adapters/route53.ts';
import { toState } from '../shared/adapters/ssm.ts';
import { toStrays } from '../shared/adapters/strays.ts';
import type { LaunchRequest } from '../shared/ports.ts';
import { pseudo } from './compiled-template.ts';
import type { Asked } from './iam.ts';

interface Call {
  action: string;
  // biome-ignore lint/suspicious/noExplicitAny: every command has an input of its own.
  input: any;
}

export const instanceId = 'i-0b662ef9931388ba0';
export const ec2 = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`;
export const parameter = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter${name}`;
export const hostedZone = (id: string) => `arn:aws:route53:::hostedzone/${id}`;

const config = {
  policy: {
    vpn: 'home',
    cap: 0.0052,
    types: [],
    protocols: [],
    onDemandDollarsMax: 5,
    rotateDays: 0,
    oldPasswordMs: 0,
  },
  templates: {
    spot: { id: 'SpotTemplate', version: '1' },
    'on-demand': { id: 'OnDemandTemplate', version: '1' },
  },
  zoneId: 'Z0EXAMPLE',
  name: 'vpn.example.org',
};
const none = { hours: 0, dollars: 0 };
const ledger = {
  month: '2026-11',
  until: 0,
  spot: none,
  onDemand: none,
  address: none,
  disk: none,
  alwaysOnDemand: none,
  days: {},
};
const launch: LaunchRequest = {
  token: 'home-1-0',
  generation: 1,
  market: 'spot',
  pool: { type: 't3.nano', zone: 'us-east-1a' },
  imageId: 'ami-0b662ef9931388ba0',
  maxPrice: 0.004,
};

/** Enough of an answer for every command. */
const answer = {
  Version: 2,
  Parameter: { Version: 2 },
  Instances: [
    {
      InstanceId: instanceId,
      InstanceType: 't3.nano',
      State: { Name: 'pending' },
      LaunchTime: new Date(0),
    },
  ],
};

/** Has every adapter make every call that it can make. */
export async function recordCalls(): Promise<Call[]> {
  const calls: Call[] = [];
  const client = (service: string) => ({
    send: async (command: { constructor: { name: string }; input: unknown }) => {
      const name = command.constructor.name.replace(/Command$/, '');
      calls.push({ action: `${service}:${name}`, input: command.input });
      return answer;
    },
  });
  const clients = {
    ec2: client('ec2'),
    ec2Once: client('ec2'),
    ssm: client('ssm'),
    route53: client('route53'),
  } as never;

  const servers = toServers(clients, config);
  await servers.list();
  await servers.prices(['t3.nano'], 0);
  await servers.launch(launch);
  await servers.launch({ ...launch, market: 'on-demand', maxPrice: null });
  await servers.terminate(instanceId);
  await servers.impaired([instanceId]);

  const strays = toStrays(clients, config);
  await strays.list();
  await strays.remove({ kind: 'volume', id: 'vol-0b662ef9931388ba0' });
  await strays.remove({ kind: 'spot-request', id: 'sir-0b662ef9' });

  const state = toState(clients, config);
  const { journal } = await state.read();
  await state.readJournal(null);
  await state.readJournal(1);
  await state.writeJournal(journal.value);
  await state.writeLedger(ledger, { ...ledger, month: '2026-10' });
  await state.forget(instanceId);

  const name = toName(clients, config);
  await name.read();
  await name.point('192.0.2.1');
  return calls;
}

/** After AWS's service authorization reference. */
export function toAsked({ action, input }: Call): Asked[] {
  switch (action) {
    case 'ec2:DescribeInstances':
    case 'ec2:DescribeInstanceStatus':
    case 'ec2:DescribeSpotPriceHistory':
    case 'ec2:DescribeSpotInstanceRequests':
    case 'ec2:DescribeVolumes':
      return [{ action, resource: '*', context: { 'ec2:Region': pseudo.Region } }];
    case 'ec2:RunInstances':
      return [...toMade(input), ...toUsed(input)];
    case 'ec2:TerminateInstances':
      return input.InstanceIds.map((id: string) => ({
        action,
        resource: ec2(`instance/${id}`),
        context: { 'aws:ResourceTag/perennial:vpn': 'home' },
      }));
    case 'ec2:DeleteVolume':
      return [toStray(action, `volume/${input.VolumeId}`)];
    case 'ec2:CancelSpotInstanceRequests':
      return input.SpotInstanceRequestIds.map((id: string) =>
        toStray(action, `spot-instances-request/${id}`),
      );
    case 'ssm:GetParametersByPath':
      return [{ action, resource: parameter(input.Path) }];
    case 'ssm:GetParameter':
    case 'ssm:PutParameter':
    case 'ssm:DeleteParameter':
      return [{ action, resource: parameter(input.Name) }];
    case 'route53:ListResourceRecordSets':
      return [{ action, resource: hostedZone(input.HostedZoneId) }];
    case 'route53:ChangeResourceRecordSets': {
      const [{ Action: kind, ResourceRecordSet: record }] = input.ChangeBatch.Changes;
      return [toChange({ kind, name: record.Name, type: record.Type, zoneId: input.HostedZoneId })];
    }
    default:
      throw new Error(`which resources does ${action} ask for?`);
  }
}

function toStray(action: string, resource: string): Asked {
  return { action, resource: ec2(resource), context: { 'aws:ResourceTag/perennial:vpn': 'home' } };
}

export function toChange({
  kind = 'UPSERT',
  name = 'vpn.example.org',
  type = 'A',
  zoneId = 'Z0EXAMPLE',
}): Asked {
  return {
    action: 'route53:ChangeResourceRecordSets',
    resource: hostedZone(zoneId),
    context: {
      'route53:ChangeResourceRecordSetsActions': [kind],
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
      'route53:ChangeResourceRecordSetsRecordTypes': [type],
    },
  };
}

/** A launch makes what it tags, and asks once to make it and once to tag it. */
function toMade({ LaunchTemplate, TagSpecifications }: Call['input']): Asked[] {
  const made = TagSpecifications as {
    ResourceType: string;
    Tags: { Key: string; Value: string }[];
  }[];
  return made.flatMap(({ ResourceType, Tags }) => {
    const resource = ec2(`${ResourceType}/*`);
    const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value]));
    // A spot request does not know the template.
    const template = ResourceType === 'spot-instances-request' ? {} : toTemplate(LaunchTemplate);
    const creating = { 'ec2:CreateAction': 'RunInstances' };
    return [
      { action: 'ec2:RunInstances', resource, context: { ...template, ...tags } },
      { action: 'ec2:CreateTags', resource, context: { ...creating, ...tags } },
    ];
  });
}

function toUsed({ LaunchTemplate, ImageId }: Call['input']): Asked[] {
  const action = 'ec2:RunInstances';
  const template = toTemplate(LaunchTemplate);
  const used = [
    template['ec2:LaunchTemplate'],
    ec2('security-group/ServerSecurityGroup.GroupId'),
    ec2('subnet/subnet-0a'),
    ec2('network-interface/*'),
  ].map((resource) => ({ action, resource, context: template }));
  const image = {
    action,
    resource: `arn:aws:ec2:us-east-1::image/${ImageId}`,
    context: { ...template, 'ec2:Owner': pseudo.AccountId },
  };
  const passing = { 'iam:PassedToService': 'ec2.amazonaws.com' };
  return [...used, image, { action: 'iam:PassRole', resource: 'ServerRole.Arn', context: passing }];
}

function toTemplate({ LaunchTemplateId }: { LaunchTemplateId: string }) {
  return { 'ec2:LaunchTemplate': ec2(`launch-template/${LaunchTemplateId}`) };
}
