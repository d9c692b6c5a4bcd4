/** What the roles of the server, the telling and the HTTP functions are for. */
import {
  anywhere,
  elsewhere,
  here,
  letInOf,
  listUsersOf,
  logOf,
  makeKeyOf,
  route53,
  type StatementCases,
  saveOf,
  sendTo,
  server,
  ssm,
  toChange,
  written,
  zone,
} from './cases.ts';

export const ofServer: StatementCases[] = [
  {
    sid: 'TalkToSystemsManager',
    may: [
      { action: 'ssmmessages:OpenDataChannel', resource: '*' },
      { action: 'ec2messages:GetMessages', resource: '*' },
    ],
    mayNot: [
      { action: 'ssm:SendCommand', resource: '*' },
      { action: 'ssm:StartSession', resource: '*' },
    ],
  },
  {
    sid: 'SayThatTheAgentIsThere',
    may: [sendTo('UpdateInstanceInformation', server)],
    mayNot: [sendTo('SendCommand', server), sendTo('StartSession', server)],
  },
  {
    sid: 'ReadSecrets',
    may: [
      ssm('GetParametersByPath', 'users'),
      ssm('GetParameter', 'users/ann'),
      ssm('GetParameter', 'users/ann:3'),
      ssm('GetParametersByPath', 'keys'),
      ssm('GetParameter', 'keys/wireguard'),
    ],
    mayNot: [
      ssm('GetParameter', 'slack'),
      ssm('GetParameter', 'api/token'),
      ssm('GetParameter', 'usersX/ann'),
      ssm('GetParametersByPath', ''),
      ssm('GetParameterHistory', 'users/ann'),
      ssm('PutParameter', 'users/ann', written),
      ssm('DeleteParameter', 'keys/wireguard'),
    ],
  },
  {
    sid: 'TakeOver',
    may: [ssm('GetParametersByPath', 'state/servers')],
    mayNot: [
      ssm('GetParametersByPath', 'state'),
      ssm('GetParametersByPath', ''),
      ssm('GetParameterHistory', 'state/servers/i-1'),
    ],
  },
  {
    sid: 'HearOfAMove',
    may: [ssm('GetParameter', 'state/move')],
    mayNot: [
      ssm('GetParameter', 'state/desired'),
      ssm('GetParameter', 'state/journal'),
      ssm('PutParameter', 'state/move', written),
    ],
  },
  {
    sid: 'Report',
    may: [
      ssm('PutParameter', 'state/servers/i-0b662ef9931388ba0', written),
      ssm('PutParameter', 'bake/canaries/i-0b662ef9931388ba0', written),
    ],
    mayNot: [
      ssm('PutParameter', 'state/desired', written),
      ssm('PutParameter', 'state/journal', written),
      ssm('PutParameter', 'state/servers', written),
      ssm('GetParameter', 'state/servers/i-0b662ef9931388ba0'),
      ssm('DeleteParameter', 'state/servers/i-0b662ef9931388ba0'),
    ],
  },
];

export const ofTelling: StatementCases[] = [
  {
    sid: 'ReadWhatThereIsToTellAndWhere',
    may: ['state/journal', 'state/journal:41', 'state/ledger', 'api/attempts', 'slack'].map(
      (name) => ssm('GetParameter', name),
    ),
    mayNot: [
      ssm('GetParameter', 'users/ann'),
      ssm('GetParameter', 'keys/wireguard'),
      ssm('GetParameter', 'state/desired'),
      ssm('GetParameter', 'api/token'),
      ssm('GetParameterHistory', 'slack'),
      ssm('PutParameter', 'slack', written),
      ssm('PutParameter', 'state/journal', written),
    ],
  },
  {
    sid: 'KeepWhatWasTold',
    may: [
      ssm('GetParameter', 'told/bookmark'),
      ssm('PutParameter', 'told/messages/m/1'),
      ssm('GetParametersByPath', 'told/messages/m'),
      ssm('DeleteParameter', 'told/messages/m/1'),
    ],
    mayNot: [ssm('PutParameter', 'state/journal', written), ssm('GetParametersByPath', 'users')],
  },
  logOf('tell'),
  saveOf(),
];

export const ofApi: StatementCases[] = [
  ...letInOf(),
  {
    sid: 'DoRequestsOnce',
    may: ['GetParameter', 'PutParameter', 'DeleteParameter'].map((action) =>
      ssm(action, 'api/requests/0f0e'),
    ),
    mayNot: [ssm('PutParameter', 'api/token', written), ssm('GetParameter', 'users/ann')],
  },
  {
    sid: 'SweepThem',
    may: [ssm('GetParametersByPath', 'api/requests')],
    mayNot: [ssm('GetParametersByPath', 'api'), ssm('GetParametersByPath', 'users')],
  },
  {
    sid: 'SeeServers',
    may: [anywhere('DescribeInstances', '', here), anywhere('DescribeSpotPriceHistory', '', here)],
    mayNot: [
      anywhere('DescribeInstances', '', { 'ec2:Region': elsewhere.region }),
      anywhere('TerminateInstances', '', here),
      anywhere('RunInstances', '', here),
      anywhere('GetConsoleOutput', '', here),
    ],
  },
  {
    sid: 'SeeTheZone',
    may: [route53('ListResourceRecordSets', zone)],
    mayNot: [
      route53('ListResourceRecordSets', 'Z0OTHER'),
      route53('ChangeResourceRecordSets', zone, toChange('vpn.example.org')),
    ],
  },
  {
    sid: 'SeeState',
    may: [ssm('GetParametersByPath', 'state')],
    mayNot: [ssm('GetParametersByPath', ''), ssm('GetParametersByPath', 'users')],
  },
  {
    sid: 'ReadTheJournalsHistory',
    may: [ssm('GetParameterHistory', 'state/journal')],
    mayNot: [
      ssm('GetParameterHistory', 'users/ann'),
      ssm('PutParameter', 'state/journal', written),
      ssm('DeleteParameter', 'state/journal'),
    ],
  },
  {
    sid: 'ReadFinishedMonths',
    may: [ssm('GetParameter', 'ledger/2026-10')],
    mayNot: [ssm('PutParameter', 'ledger/2026-10', written), ssm('GetParameter', 'slack')],
  },
  {
    sid: 'ReadAndWriteWhatIsDesired',
    may: [
      ssm('GetParameter', 'state/desired'),
      ssm('GetParameter', 'state/desired:7'),
      ssm('PutParameter', 'state/desired', written),
    ],
    mayNot: [
      ssm('PutParameter', 'state/servers/i-1', written),
      ssm('PutParameter', 'state/desires', written),
      ssm('DeleteParameter', 'state/desired'),
    ],
  },
  listUsersOf('ListUsers'),
  {
    sid: 'WriteUsers',
    may: [ssm('PutParameter', 'users/ann'), ssm('DeleteParameter', 'users/ann')],
    mayNot: [
      ...['GetParameter', 'GetParameters', 'GetParameterHistory', 'GetParametersByPath'].map(
        (action) => ssm(action, 'users/ann'),
      ),
      ssm('GetParameter', 'users/ann:3'),
      ssm('DeleteParameter', 'keys/wireguard'),
    ],
  },
  {
    sid: 'ClaimAddresses',
    may: ['GetParameter', 'PutParameter', 'DeleteParameter'].map((action) =>
      ssm(action, 'addresses/10.40.2.2'),
    ),
    mayNot: [ssm('GetParameter', 'users/ann'), ssm('GetParametersByPath', 'addresses')],
  },
  {
    sid: 'CheckWhatSlackSigns',
    may: [ssm('GetParameter', 'slack-signing')],
    mayNot: [
      ssm('GetParameter', 'slack'),
      ssm('GetParameterHistory', 'slack-signing'),
      ssm('PutParameter', 'slack-signing', written),
    ],
  },
  makeKeyOf(),
  logOf('api'),
];

export const ofProfile: StatementCases[] = [
  ...letInOf(),
  listUsersOf('ListUsers'),
  {
    sid: 'ReadUsersSecrets',
    may: [ssm('GetParameter', 'users/ann')],
    mayNot: [
      ssm('GetParametersByPath', 'users'),
      ssm('GetParameterHistory', 'users/ann'),
      ssm('GetParameter', 'keys/wireguard'),
      ssm('GetParameter', 'slack'),
      ssm('PutParameter', 'users/ann', written),
      ssm('DeleteParameter', 'users/ann'),
    ],
  },
  logOf('profile'),
];

export const ofDyndns: StatementCases[] = [
  {
    sid: 'ReadHosts',
    may: [
      ssm('GetParameters', 'dyndns/home.example.org'),
      ssm('GetParameters', 'dyndns/memory/home.example.org'),
    ],
    mayNot: [ssm('GetParameters', 'users/ann'), ssm('GetParametersByPath', 'dyndns')],
  },
  {
    sid: 'RememberAbuse',
    may: [ssm('PutParameter', 'dyndns/memory/home.example.org', written)],
    mayNot: [
      ssm('PutParameter', 'dyndns/home.example.org', written),
      ssm('DeleteParameter', 'dyndns/memory/home.example.org'),
    ],
  },
  {
    sid: 'ReadTheHomes',
    may: [route53('ListResourceRecordSets', zone)],
    mayNot: [route53('ListResourceRecordSets', 'Z0OTHER'), route53('GetHostedZone', zone)],
  },
  {
    sid: 'PointTheHomes',
    may: ['A', 'AAAA'].map((type) =>
      route53('ChangeResourceRecordSets', zone, toChange('home.example.org', type)),
    ),
    mayNot: [
      route53('ChangeResourceRecordSets', zone, toChange('vpn.example.org')),
      route53('ChangeResourceRecordSets', zone, toChange('www.home.example.org')),
      route53('ChangeResourceRecordSets', zone, toChange('home.example.org', 'TXT')),
      route53('ChangeResourceRecordSets', zone, toChange('home.example.org', 'A', 'DELETE')),
      route53('ChangeResourceRecordSets', 'Z0OTHER', toChange('home.example.org')),
    ],
  },
  logOf('dyndns'),
];
