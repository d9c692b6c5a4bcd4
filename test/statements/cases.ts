/** How the cases of statements are written: what a statement is there for, and what lies next to it and is not allowed. */
import type { Context } from '../../local/iam/policy.ts';

export interface Case {
  action: string;
  resource: string;
  context?: Context;
}

export interface StatementCases {
  sid: string;
  may: Case[];
  mayNot: Case[];
}

export const account = '123456789012';
export const elsewhere = { account: '210987654321', region: 'eu-central-1', vpn: 'home2' };
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:us-east-1:${account}:${resource}`;
const toCase =
  (service: string, to: (name: string) => string) =>
  (action: string, name: string, context?: Context): Case => ({
    action: `${service}:${action}`,
    resource: to(name),
    ...(context && { context }),
  });

export const ssm = toCase('ssm', (name) => arn('ssm', `parameter/perennial/home/${name}`));
export const send = toCase('ssm', (name) => arn('ssm', `document/${name}`));
export const sendTo = toCase('ssm', (name) => arn('ec2', name));
export const ec2 = toCase('ec2', (name) => arn('ec2', name));
export const anywhere = toCase('ec2', () => '*');
export const image = toCase('ec2', (name) => `arn:aws:ec2:us-east-1::image/${name}`);
export const route53 = toCase('route53', (zone) => `arn:aws:route53:::hostedzone/${zone}`);
const logs = toCase('logs', (name) => arn('logs', `log-group:/aws/lambda/${name}`));
const sqs = toCase('sqs', (name) => arn('sqs', name));
export const iam = toCase('iam', (name) => `arn:aws:iam::${account}:role/${name}`);
const names: Case = { action: 'ssm:DescribeParameters', resource: '*' };

export const here = { 'ec2:Region': 'us-east-1' };
export const server = 'instance/i-0b662ef9931388ba0';
export const ourServer = { 'aws:ResourceTag/perennial:vpn': 'home' };
export const othersServer = { 'aws:ResourceTag/perennial:vpn': 'home2' };
export const tagged = { 'aws:RequestTag/perennial:vpn': 'home' };
export const othersTag = { 'aws:RequestTag/perennial:vpn': 'home2' };
export const zone = 'Z0EXAMPLE';
export const toChange = (name: string, type = 'A', action = 'UPSERT'): Context => ({
  'route53:ChangeResourceRecordSetsNormalizedRecordNames': [name],
  'route53:ChangeResourceRecordSetsRecordTypes': [type],
  'route53:ChangeResourceRecordSetsActions': [action],
});
export const written = { 'ssm:Overwrite': 'true' };

/** The statements that several roles have. */
export const logOf = (name: string): StatementCases => ({
  sid: 'Log',
  may: [logs('PutLogEvents', `perennial-home-${name}:log-stream:1`)],
  mayNot: [
    logs('PutLogEvents', `perennial-home2-${name}:log-stream:1`),
    logs('CreateLogGroup', `perennial-home-${name}:*`),
    logs('GetLogEvents', `perennial-home-${name}:log-stream:1`),
  ],
});
export const saveOf = (): StatementCases => ({
  sid: 'SaveWhatFailed',
  may: [sqs('SendMessage', 'perennial-home-failures')],
  mayNot: [
    sqs('SendMessage', 'perennial-home2-failures'),
    sqs('ReceiveMessage', 'perennial-home-failures'),
  ],
});
export const makeKeyOf = (): StatementCases => ({
  sid: 'MakeTheServersKey',
  may: [ssm('PutParameter', 'keys/wireguard', { 'ssm:Overwrite': 'false' })],
  mayNot: [
    ssm('PutParameter', 'keys/wireguard', written),
    ssm('PutParameter', 'keys/other'),
    ssm('GetParameter', 'keys/wireguard'),
    ssm('DeleteParameter', 'keys/wireguard'),
  ],
});
export const letInOf = (): StatementCases[] => [
  {
    sid: 'LetIn',
    may: [ssm('GetParameters', 'api/token'), ssm('GetParameters', 'api/attempts')],
    mayNot: [ssm('GetParameters', 'users/ann'), ssm('PutParameter', 'api/token')],
  },
  {
    sid: 'NoteWrongTokens',
    may: [ssm('PutParameter', 'api/attempts')],
    mayNot: [ssm('PutParameter', 'api/token'), ssm('DeleteParameter', 'api/attempts')],
  },
];
export const listUsersOf = (sid: string): StatementCases => ({
  sid,
  may: [names],
  mayNot: [
    { ...names, action: 'ssm:GetParameters' },
    { ...names, action: 'ssm:DescribeDocument' },
  ],
});
