/** What the roles of baking are for. */
import {
  account,
  anywhere,
  arn,
  type Case,
  ec2,
  elsewhere,
  here,
  iam,
  image,
  logOf,
  ourServer,
  type StatementCases,
  saveOf,
  server,
  ssm,
  tagged as taggedAsServer,
} from './cases.ts';

/** What only a deployment knows: the builder's and the canary's template, and their group. */
interface Ids {
  templates: string[];
  group: string;
}

const tagged = { 'aws:RequestTag/perennial:bake': 'home' };
const othersTag = { 'aws:RequestTag/perennial:bake': 'home2' };
const ours = { 'aws:ResourceTag/perennial:bake': 'home' };
const others = { 'aws:ResourceTag/perennial:bake': 'home2' };
const debian = '136693071363';
const toEc2 = { 'iam:PassedToService': 'ec2.amazonaws.com' };
const snapshot = (action: string, name: string, context = {}): Case => ({
  action: `ec2:${action}`,
  resource: `arn:aws:ec2:us-east-1::snapshot/${name}`,
  context,
});
const published = (name: string): Case => ({
  action: 'ssm:GetParameter',
  resource: `arn:aws:ssm:us-east-1::parameter/aws/service/${name}`,
});

export function ofBake({ templates, group }: Ids): StatementCases[] {
  const byTemplate = { 'ec2:LaunchTemplate': arn('ec2', `launch-template/${templates[0]}`) };
  const byOther = { 'ec2:LaunchTemplate': arn('ec2', 'launch-template/lt-0f0e') };
  const owned = (owner: string) => ({ ...byTemplate, 'ec2:Owner': owner });
  const made = (by: string) => ({ ...tagged, 'ec2:CreateAction': by });
  return [
    {
      sid: 'Look',
      may: ['DescribeInstances', 'DescribeImages', 'DescribeSnapshots'].map((action) =>
        anywhere(action, '', here),
      ),
      mayNot: [
        anywhere('DescribeImages', '', { 'ec2:Region': elsewhere.region }),
        anywhere('DescribeVolumes', '', here),
        anywhere('GetConsoleOutput', '', here),
      ],
    },
    {
      sid: 'LaunchWithTheTemplatesOfBaking',
      may: [...templates.map((id) => `launch-template/${id}`), `security-group/${group}`].map(
        (one) => ec2('RunInstances', one),
      ),
      mayNot: [
        ec2('RunInstances', 'launch-template/lt-0f0e'),
        ec2('RunInstances', 'security-group/sg-0f0e'),
        ec2('AuthorizeSecurityGroupIngress', `security-group/${group}`),
      ],
    },
    {
      sid: 'LaunchDebianAndOurImages',
      may: [account, debian].map((owner) => image('RunInstances', 'ami-1', owned(owner))),
      mayNot: [
        image('RunInstances', 'ami-1', owned(elsewhere.account)),
        image('RunInstances', 'ami-1', { ...owned(debian), ...byOther }),
        image('RunInstances', 'ami-1', { 'ec2:Owner': debian }),
      ],
    },
    {
      sid: 'LaunchIntoAnyZone',
      may: ['subnet/subnet-1', 'network-interface/*'].map((one) =>
        ec2('RunInstances', one, byTemplate),
      ),
      mayNot: [
        ec2('RunInstances', 'subnet/subnet-1', byOther),
        ec2('RunInstances', 'subnet/subnet-1'),
      ],
    },
    {
      sid: 'LaunchTaggedAsBaking',
      may: ['instance/*', 'volume/*'].map((one) =>
        ec2('RunInstances', one, { ...byTemplate, ...tagged }),
      ),
      mayNot: [
        ec2('RunInstances', 'instance/*', byTemplate),
        ec2('RunInstances', 'instance/*', { ...byTemplate, ...othersTag }),
        ec2('RunInstances', 'instance/*', { ...byTemplate, ...taggedAsServer }),
        ec2('RunInstances', 'instance/*', { ...byOther, ...tagged }),
      ],
    },
    {
      sid: 'GiveTheMachinesTheirRoles',
      may: ['BuilderRole', 'ServerRole'].map((name) => iam('PassRole', `perennial-${name}`, toEc2)),
      mayNot: [
        iam('PassRole', 'perennial-BakeRole', toEc2),
        iam('PassRole', 'perennial-ServerRole', { 'iam:PassedToService': 'lambda.amazonaws.com' }),
      ],
    },
    {
      sid: 'MakeImagesOfBuilders',
      may: [ec2('CreateImage', server, ours)],
      mayNot: [
        ec2('CreateImage', server, ourServer),
        ec2('CreateImage', server, others),
        ec2('CreateImage', server),
        ec2('StopInstances', server, ours),
      ],
    },
    {
      sid: 'MakeImagesTaggedAsBaking',
      may: [image('CreateImage', '*', tagged), snapshot('CreateImage', '*', tagged)],
      mayNot: [
        image('CreateImage', '*', othersTag),
        image('CreateImage', '*'),
        image('CopyImage', '*', tagged),
        snapshot('CreateSnapshot', '*', tagged),
      ],
    },
    {
      sid: 'TagWhatIsMade',
      may: [
        ec2('CreateTags', 'instance/*', made('RunInstances')),
        ec2('CreateTags', 'volume/*', made('RunInstances')),
        image('CreateTags', '*', made('CreateImage')),
        snapshot('CreateTags', '*', made('CreateImage')),
      ],
      mayNot: [
        ec2('CreateTags', server, tagged),
        image('CreateTags', 'ami-1', tagged),
        image('CreateTags', 'ami-1', made('CopyImage')),
        ec2('CreateTags', server, { ...othersTag, 'ec2:CreateAction': 'RunInstances' }),
      ],
    },
    {
      sid: 'RemoveWhatBakesMade',
      may: [
        ec2('TerminateInstances', server, ours),
        image('DeregisterImage', 'ami-1', ours),
        snapshot('DeleteSnapshot', 'snap-1', ours),
      ],
      mayNot: [
        ec2('TerminateInstances', server, ourServer),
        ec2('TerminateInstances', server, others),
        image('DeregisterImage', 'ami-1', others),
        image('DeregisterImage', 'ami-1'),
        snapshot('DeleteSnapshot', 'snap-1'),
        image('ModifyImageAttribute', 'ami-1', ours),
      ],
    },
    {
      sid: 'AskForDebiansImage',
      may: ['amd64', 'arm64'].map((one) => published(`debian/release/13/latest/${one}`)),
      mayNot: [published('canonical/ubuntu/server'), ssm('GetParameter', 'users/ann')],
    },
    {
      sid: 'ReadItsRecords',
      may: [ssm('GetParametersByPath', 'bake')],
      mayNot: [
        ssm('GetParametersByPath', 'state'),
        ssm('GetParametersByPath', 'users'),
        ssm('GetParameter', 'bake/run'),
      ],
    },
    {
      sid: 'WriteItsRecords',
      may: ['bake/run', 'bake/ending', 'bake/entries', 'image/000'].map((name) =>
        ssm('PutParameter', name),
      ),
      mayNot: [
        ssm('PutParameter', 'bake/builders/i-1'),
        ssm('PutParameter', 'bake/canaries/i-1'),
        ssm('PutParameter', 'state/journal'),
        ssm('DeleteParameter', 'bake/run'),
      ],
    },
    {
      sid: 'ForgetMachinesThatAreGone',
      may: ['bake/builders/i-1', 'bake/canaries/i-1'].map((name) => ssm('DeleteParameter', name)),
      mayNot: [ssm('DeleteParameter', 'state/servers/i-1'), ssm('DeleteParameter', 'users/ann')],
    },
    {
      sid: 'PromoteTheImage',
      may: [
        ssm('GetParameter', 'state/desired'),
        ssm('GetParameter', 'state/desired:3'),
        ssm('PutParameter', 'state/desired'),
      ],
      mayNot: [ssm('DeleteParameter', 'state/desired'), ssm('GetParameter', 'state/journal')],
    },
    logOf('bake'),
    saveOf(),
  ];
}

export const ofBuilder: StatementCases[] = [
  {
    sid: 'FetchWhatToInstall',
    may: [ssm('GetParametersByPath', 'image')],
    mayNot: [
      ssm('GetParametersByPath', 'users'),
      ssm('GetParametersByPath', 'keys'),
      ssm('PutParameter', 'image/000'),
    ],
  },
  {
    sid: 'SayHowItWent',
    may: [ssm('PutParameter', 'bake/builders/i-1')],
    mayNot: [
      ssm('PutParameter', 'bake/run'),
      ssm('PutParameter', 'bake/canaries/i-1'),
      ssm('PutParameter', 'state/servers/i-1'),
    ],
  },
];
