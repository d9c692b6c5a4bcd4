/** The role of dynamic DNS: what the function calls is allowed, and nothing beside it. */
import { describe, expect, test } from 'vitest';
import { toKnownHosts, toRecords } from '../../shared/adapters/dyndns.ts';
import { emptyMemory } from '../../shared/dyndns/memory.ts';
import { hostedZone, parameter, toChange } from '../asked.ts';
import { readTemplateFile, runOsls, toResources } from '../compiled-template.ts';
import { type Asked, allows, type Statement, toList, toStatements } from '../iam.ts';

const home = 'home.example.org';
const cabin = 'cabin.example.org';
const role = await readRole(`home: ${home},${cabin}`);
const without = await readRole('');

const change = (more: object) => toChange({ name: home, ...more });
const secret = parameter(`/perennial/home/dyndns/${home}`);
const memory = parameter(`/perennial/home/dyndns/memory/${home}`);

test('the function may call what its adapters call, and write its log', async () => {
  const called: Asked[] = [];
  const client = (service: string) => ({
    send: async (command: { constructor: { name: string }; input: never }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      called.push(...toAskedOf(`${service}:${operation}`, command.input));
      return {};
    },
  });
  const clients = { ssm: client('ssm'), route53: client('route53') } as never;
  const hosts = toKnownHosts(clients, { vpn: 'home' });
  const records = toRecords(clients, { zoneId: 'Z0EXAMPLE' });
  for (const host of [home, cabin]) {
    await hosts.read(host, 0);
    await hosts.remember(host, emptyMemory);
    await records.read(host);
    await records.write(host, [
      { type: 'A', value: '203.0.113.7' },
      { type: 'AAAA', value: '2001:db8::7' },
    ]);
  }
  expect(called.filter((asked) => !allows(role, asked))).toEqual([]);
  const actions = new Set(role.flatMap(({ Action }) => toList(Action)));
  const ofLambda = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  expect([...actions].sort()).toEqual(
    [...new Set(called.map(({ action }) => action)), ...ofLambda].sort(),
  );
});

test('no resource is a wildcard alone', () => {
  expect(role.flatMap(({ Resource }) => toList(Resource))).not.toContain('*');
});

describe('the function may not', () => {
  test.each<[string, Asked]>([
    ["move the VPN's own name", change({ name: 'vpn.example.org' })],
    ['move another name', change({ name: 'www.example.org' })],
    ['move a name below a home', change({ name: `www.${home}` })],
    ['delete a record', change({ kind: 'DELETE' })],
    ['write another kind of record', change({ type: 'TXT' })],
    ['change another zone', change({ zoneId: 'Z0OTHER' })],
    [
      'read another zone',
      { action: 'route53:ListResourceRecordSets', resource: hostedZone('Z0X') },
    ],
    ['let somebody in', { action: 'ssm:PutParameter', resource: secret }],
    ['want something', put('/perennial/home/state/desired')],
    ['speak for a server', put('/perennial/home/state/servers/i-0f0e')],
    [
      "read a user's secret",
      { action: 'ssm:GetParameters', resource: parameter('/perennial/home/users/ann') },
    ],
    [
      'read the Slack webhook',
      { action: 'ssm:GetParameters', resource: parameter('/perennial/home/slack') },
    ],
    [
      "read another VPN's hosts",
      { action: 'ssm:GetParameters', resource: parameter(`/perennial/home2/dyndns/${home}`) },
    ],
    ['forget abuse', { action: 'ssm:DeleteParameter', resource: memory }],
    [
      'log elsewhere',
      {
        action: 'logs:PutLogEvents',
        resource:
          'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/perennial-home-reconcile:*',
      },
    ],
  ])('%s', (_, asked) => {
    expect(allows(role, asked)).toBe(false);
  });

  test('move any name, while there is no home', () => {
    expect(allows(without, change({}))).toBe(false);
    expect(allows(without, change({ name: '' }))).toBe(true);
    expect(allows(role, change({}))).toBe(true);
  });
});

function put(name: string): Asked {
  return { action: 'ssm:PutParameter', resource: parameter(name) };
}

/** After AWS's service authorization reference: a batch asks for each of its parts. */
function toAskedOf(
  action: string,
  // biome-ignore lint/suspicious/noExplicitAny: every command has an input of its own.
  input: any,
): Asked[] {
  switch (action) {
    case 'ssm:GetParameters':
      return input.Names.map((name: string) => ({ action, resource: parameter(name) }));
    case 'ssm:PutParameter':
      return [put(input.Name)];
    case 'route53:ListResourceRecordSets':
      return [{ action, resource: hostedZone(input.HostedZoneId) }];
    case 'route53:ChangeResourceRecordSets':
      return input.ChangeBatch.Changes.map(
        ({ Action: kind, ResourceRecordSet: { Name: name, Type: type } }: never) =>
          toChange({ kind, name, type, zoneId: input.HostedZoneId }),
      );
    default:
      throw new Error(`which resources does ${action} ask for?`);
  }
}

async function readRole(perennialYml: string): Promise<Statement[]> {
  const { code, output, files } = await runOsls('package', perennialYml);
  if (code !== 0) throw new Error(output);
  const found = toResources(readTemplateFile(files)).get('DyndnsRole');
  if (!found) throw new Error('there is no DyndnsRole');
  return toStatements(found);
}
