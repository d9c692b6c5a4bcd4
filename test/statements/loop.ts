/** What the loop's role is for. */
import {
  account,
  anywhere,
  arn,
  ec2,
  elsewhere,
  here,
  iam,
  image,
  listUsersOf,
  logOf,
  makeKeyOf,
  othersServer,
  othersTag,
  ourServer,
  route53,
  type StatementCases,
  saveOf,
  send,
  sendTo,
  server,
  ssm,
  tagged,
  toChange,
  written,
  zone,
} from './cases.ts';

/** What only a deployment knows. */
export interface Ids {
  templates: [string, string];
  group: string;
}

export function ofLoop({ templates, group }: Ids): StatementCases[] {
  const byTemplate = {
    'ec2:LaunchTemplate': arn('ec2', `launch-template/${templates[0]}`),
    'ec2:Owner': account,
  };
  const byOther = { 'ec2:LaunchTemplate': arn('ec2', 'launch-template/lt-0f0e') };
  return [
    {
      sid: 'Look',
      may: [anywhere('DescribeInstances', '', here), anywhere('DescribeVolumes', '', here)],
      mayNot: [
        anywhere('DescribeInstances', '', { 'ec2:Region': elsewhere.region }),
        anywhere('GetConsoleOutput', '', here),
        anywhere('DescribeInstanceAttribute', '', here),
      ],
    },
    {
      sid: 'LaunchWithOurTemplatesAndGroup',
      may: [...templates.map((id) => `launch-template/${id}`), `security-group/${group}`].map(
        (one) => ec2('RunInstances', one),
      ),
      mayNot: [
        ec2('RunInstances', 'launch-template/lt-0f0e'),
        ec2('RunInstances', 'security-group/sg-0f0e'),
        ec2('RunInstances', 'key-pair/mine'),
        ec2('ModifyLaunchTemplate', `launch-template/${templates[0]}`),
        ec2('AuthorizeSecurityGroupIngress', `security-group/${group}`),
      ],
    },
    {
      sid: 'LaunchOurImages',
      may: [image('RunInstances', 'ami-1', byTemplate)],
      mayNot: [
        image('RunInstances', 'ami-1', { ...byTemplate, 'ec2:Owner': elsewhere.account }),
        image('RunInstances', 'ami-1', { ...byTemplate, 'ec2:Owner': 'amazon' }),
        image('RunInstances', 'ami-1', { ...byTemplate, ...byOther }),
        image('RunInstances', 'ami-1', { 'ec2:Owner': account }),
      ],
    },
    {
      sid: 'LaunchIntoAnyZone',
      may: [
        ec2('RunInstances', 'subnet/subnet-1', byTemplate),
        ec2('RunInstances', 'network-interface/*', byTemplate),
      ],
      mayNot: [
        ec2('RunInstances', 'subnet/subnet-1', byOther),
        ec2('RunInstances', 'subnet/subnet-1'),
        ec2('CreateNetworkInterface', 'subnet/subnet-1', byTemplate),
      ],
    },
    {
      sid: 'LaunchTaggedAsOurs',
      may: [
        ec2('RunInstances', 'instance/*', { ...byTemplate, ...tagged }),
        ec2('RunInstances', 'volume/*', { ...byTemplate, ...tagged }),
      ],
      mayNot: [
        ec2('RunInstances', 'instance/*', byTemplate),
        ec2('RunInstances', 'instance/*', { ...byTemplate, ...othersTag }),
        ec2('RunInstances', 'instance/*', { ...byOther, ...tagged }),
        ec2('RunInstances', 'instance/*', tagged),
        ec2('StartInstances', server, tagged),
      ],
    },
    {
      sid: 'RequestSpotTaggedAsOurs',
      may: [ec2('RunInstances', 'spot-instances-request/*', tagged)],
      mayNot: [
        ec2('RunInstances', 'spot-instances-request/*'),
        ec2('RunInstances', 'spot-instances-request/*', othersTag),
        ec2('RequestSpotInstances', 'spot-instances-request/*', tagged),
      ],
    },
    {
      sid: 'TagWhatIsLaunched',
      may: ['instance', 'volume', 'spot-instances-request'].map((type) =>
        ec2('CreateTags', `${type}/*`, { ...tagged, 'ec2:CreateAction': 'RunInstances' }),
      ),
      mayNot: [
        ec2('CreateTags', server, tagged),
        ec2('CreateTags', server, { ...tagged, 'ec2:CreateAction': 'CreateVolume' }),
        ec2('CreateTags', server, { ...othersTag, 'ec2:CreateAction': 'RunInstances' }),
        ec2('DeleteTags', server, ourServer),
      ],
    },
    {
      sid: 'GiveTheServerItsRole',
      may: [
        iam('PassRole', 'perennial-ServerRole', { 'iam:PassedToService': 'ec2.amazonaws.com' }),
      ],
      mayNot: [
        iam('PassRole', 'admin', { 'iam:PassedToService': 'ec2.amazonaws.com' }),
        iam('PassRole', 'perennial-ServerRole', { 'iam:PassedToService': 'lambda.amazonaws.com' }),
        iam('PassRole', 'perennial-ServerRole'),
      ],
    },
    {
      sid: 'TerminateOurs',
      may: [ec2('TerminateInstances', server, ourServer)],
      mayNot: [
        ec2('TerminateInstances', server, othersServer),
        ec2('TerminateInstances', server),
        ec2('StopInstances', server, ourServer),
        ec2('RebootInstances', server, ourServer),
      ],
    },
    {
      sid: 'RemoveOurStrays',
      may: [
        ec2('DeleteVolume', 'volume/vol-1', ourServer),
        ec2('CancelSpotInstanceRequests', 'spot-instances-request/sir-1', ourServer),
      ],
      mayNot: [
        ec2('DeleteVolume', 'volume/vol-1', othersServer),
        ec2('DeleteVolume', 'volume/vol-1'),
        ec2('CancelSpotInstanceRequests', 'spot-instances-request/sir-1'),
        ec2('DetachVolume', 'volume/vol-1', ourServer),
        ec2('CreateSnapshot', 'volume/vol-1', ourServer),
      ],
    },
    {
      sid: 'AllocateTaggedAsOurs',
      may: [ec2('AllocateAddress', 'elastic-ip/*', tagged)],
      mayNot: [
        ec2('AllocateAddress', 'elastic-ip/*'),
        ec2('AllocateAddress', 'elastic-ip/*', othersTag),
      ],
    },
    {
      sid: 'TagWhatIsAllocated',
      may: [
        ec2('CreateTags', 'elastic-ip/*', { ...tagged, 'ec2:CreateAction': 'AllocateAddress' }),
      ],
      mayNot: [
        ec2('CreateTags', 'elastic-ip/eipalloc-1', tagged),
        ec2('CreateTags', 'elastic-ip/*', { ...othersTag, 'ec2:CreateAction': 'AllocateAddress' }),
        ec2('CreateTags', server, { ...tagged, 'ec2:CreateAction': 'AllocateAddress' }),
      ],
    },
    {
      sid: 'MoveOurAddressToOurServers',
      may: ['elastic-ip/eipalloc-1', server].map((one) => ec2('AssociateAddress', one, ourServer)),
      mayNot: [
        ec2('AssociateAddress', 'elastic-ip/eipalloc-1', othersServer),
        ec2('AssociateAddress', 'elastic-ip/eipalloc-1'),
        ec2('AssociateAddress', server, othersServer),
        ec2('AssociateAddress', server),
        ec2('DisassociateAddress', 'elastic-ip/eipalloc-1', ourServer),
      ],
    },
    {
      sid: 'MoveItToAnInterface',
      may: [ec2('AssociateAddress', 'network-interface/eni-1')],
      mayNot: [
        ec2('ModifyNetworkInterfaceAttribute', 'network-interface/eni-1'),
        ec2('AttachNetworkInterface', 'network-interface/eni-1'),
      ],
    },
    {
      sid: 'GiveBackOurAddress',
      may: [ec2('ReleaseAddress', 'elastic-ip/eipalloc-1', ourServer)],
      mayNot: [
        ec2('ReleaseAddress', 'elastic-ip/eipalloc-1', othersServer),
        ec2('ReleaseAddress', 'elastic-ip/eipalloc-1'),
      ],
    },
    {
      sid: 'AnnounceAMove',
      may: [ssm('PutParameter', 'state/move', written)],
      mayNot: [ssm('PutParameter', 'state/moves', written), ssm('DeleteParameter', 'state/move')],
    },
    {
      sid: 'ReadState',
      may: [ssm('GetParametersByPath', 'state'), ssm('GetParametersByPath', 'state/servers')],
      mayNot: [
        ssm('GetParametersByPath', ''),
        ssm('GetParametersByPath', 'users'),
        ssm('GetParametersByPath', 'keys'),
        ssm('GetParameter', 'state/desired'),
      ],
    },
    {
      sid: 'ReadAndWriteTheJournal',
      may: [
        ssm('GetParameter', 'state/journal'),
        ssm('GetParameter', 'state/journal:41'),
        ssm('PutParameter', 'state/journal', written),
      ],
      mayNot: [
        ssm('PutParameter', 'state/desired', written),
        ssm('PutParameter', 'state/journals', written),
        ssm('DeleteParameter', 'state/journal'),
        ssm('GetParameter', 'users/ann'),
      ],
    },
    {
      sid: 'WriteTheLedger',
      may: [
        ssm('PutParameter', 'state/ledger', written),
        ssm('PutParameter', 'ledger/2026-10', written),
      ],
      mayNot: [
        ssm('PutParameter', 'state/desired', written),
        ssm('DeleteParameter', 'ledger/2026-10'),
      ],
    },
    {
      sid: 'ForgetServersThatAreGone',
      may: [ssm('DeleteParameter', 'state/servers/i-1')],
      mayNot: [
        ssm('DeleteParameter', 'state/desired'),
        ssm('PutParameter', 'state/servers/i-1', written),
      ],
    },
    {
      sid: 'RotateAndRemoveUsers',
      may: [ssm('PutParameter', 'users/ann', written), ssm('DeleteParameter', 'users/ann')],
      mayNot: [
        ssm('GetParameter', 'users/ann'),
        ssm('GetParameterHistory', 'users/ann'),
        ssm('PutParameter', 'slack', written),
        ssm('LabelParameterVersion', 'users/ann'),
      ],
    },
    {
      sid: 'GiveBackAddresses',
      may: [ssm('DeleteParameter', 'addresses/10.40.2.2')],
      mayNot: [ssm('PutParameter', 'addresses/10.40.2.2'), ssm('DeleteParameter', 'state/desired')],
    },
    {
      sid: 'SendOurDocument',
      may: [send('SendCommand', 'Perennial-ApplySecrets-home')],
      mayNot: [
        send('SendCommand', 'Perennial-ApplySecrets-home2'),
        {
          action: 'ssm:SendCommand',
          resource: 'arn:aws:ssm:us-east-1::document/AWS-RunShellScript',
        },
        send('UpdateDocument', 'Perennial-ApplySecrets-home'),
      ],
    },
    {
      sid: 'SendToOurServers',
      may: [sendTo('SendCommand', server, { 'ssm:resourceTag/perennial:vpn': 'home' })],
      mayNot: [
        sendTo('SendCommand', server, { 'ssm:resourceTag/perennial:vpn': 'home2' }),
        sendTo('SendCommand', server),
        sendTo('StartSession', server, { 'ssm:resourceTag/perennial:vpn': 'home' }),
      ],
    },
    {
      sid: 'ReadTheZone',
      may: [route53('ListResourceRecordSets', zone)],
      mayNot: [route53('ListResourceRecordSets', 'Z0OTHER'), route53('DeleteHostedZone', zone)],
    },
    {
      sid: 'PointTheName',
      may: [route53('ChangeResourceRecordSets', zone, toChange('vpn.example.org'))],
      mayNot: [
        route53('ChangeResourceRecordSets', zone, toChange('www.example.org')),
        route53('ChangeResourceRecordSets', zone, toChange('home.example.org')),
        route53('ChangeResourceRecordSets', zone, toChange('vpn.example.org', 'TXT')),
        route53('ChangeResourceRecordSets', zone, toChange('vpn.example.org', 'A', 'DELETE')),
        route53('ChangeResourceRecordSets', 'Z0OTHER', toChange('vpn.example.org')),
      ],
    },
    listUsersOf('ListSecrets'),
    makeKeyOf(),
    logOf('reconcile'),
    saveOf(),
  ];
}
