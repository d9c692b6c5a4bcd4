/** Every statement of every role: what it is there for it allows, what lies next to that neither it nor its role does. */
import { describe, expect, test } from 'vitest';
import { type Asked, judge, readPolicy, type Statement } from '../../local/iam/policy.ts';
import { must } from '../../shared/adapters/answers.ts';
import { readTemplateFile, runOsls } from '../compiled-template.ts';
import { deployed } from '../role-calls.ts';
import { ofBake, ofBuilder } from './baking.ts';
import { account, type Case, elsewhere, type StatementCases } from './cases.ts';
import { ofApi, ofDyndns, ofProfile, ofServer, ofTelling } from './faces.ts';
import { ofLoop } from './loop.ts';

const { code, output, files } = await runOsls('package', 'home: home.example.org');
if (code !== 0) throw new Error(output);
const { stack, config } = deployed(readTemplateFile(files));
const [template] = stack.launchTemplates;
const { SecurityGroupIds } = must(template, 'a template').data as { SecurityGroupIds: [string] };
const { spot, 'on-demand': onDemand } = config.templates;
const ofBaking = stack.launchTemplates.filter(({ name }) => /-(builder|canary)$/.test(name));
const { SecurityGroupIds: bakeGroups } = must(ofBaking[0], 'a template').data as {
  SecurityGroupIds: [string];
};

const table: Record<string, StatementCases[]> = {
  ServerRole: ofServer,
  ReconcileRole: ofLoop({ templates: [spot.id, onDemand.id], group: SecurityGroupIds[0] }),
  TellRole: ofTelling,
  ApiRole: ofApi,
  ProfileRole: ofProfile,
  DyndnsRole: ofDyndns,
  BakeRole: ofBake({ templates: ofBaking.map(({ id }) => id), group: bakeGroups[0] }),
  BuilderRole: ofBuilder,
};

interface Read {
  role: string;
  sid: string;
  own: Statement[];
  whole: Statement[];
}

const statements: Read[] = stack.roles.flatMap(({ logicalId: role, policies }) => {
  const whole = policies.flatMap(({ document }) => readPolicy(document));
  return policies.flatMap(({ document }) =>
    (document as { Statement: { Sid: string }[] }).Statement.map((one) => {
      const own = readPolicy({ Version: '2012-10-17', Statement: [one] });
      return { role, sid: one.Sid, own, whole };
    }),
  );
});

test('each has its cases, and no case is of none', () => {
  const named = Object.entries(table).flatMap(([role, cases]) =>
    cases.map(({ sid }) => `${role} ${sid}`),
  );
  expect(named.toSorted()).toEqual(statements.map(({ role, sid }) => `${role} ${sid}`).toSorted());
  const poor = Object.values(table)
    .flat()
    .filter(({ may, mayNot }) => may.length === 0 || mayNot.length < 2);
  expect(poor).toEqual([]);
});

describe.each(statements)('$role: $sid', ({ role, sid, own, whole }) => {
  const { may, mayNot } = must(
    table[role]?.find((one) => one.sid === sid),
    `cases of ${sid}`,
  );

  test.each(may)('allows $action on $resource', (one) => {
    expect(judge(own, toAsked(one))).toBe('allowed');
    expect(judge(whole, toAsked(one))).toBe('allowed');
  });

  test.each(mayNot)('does not allow $action on $resource', (one) => {
    expect(judge(own, toAsked(one))).toBe('denied implicitly');
  });

  test.each(may.flatMap(toNeighbours))('and for its neighbour not $action on $resource', (one) => {
    expect(judge(whole, toAsked(one))).toBe('denied implicitly');
  });
});

/** What no role may, whatever it is that one of its statements would not allow anyway. */
describe.each(Object.entries(table))('%s as a whole', (role, cases) => {
  const { whole } = must(
    statements.find((one) => one.role === role),
    role,
  );
  const allowed = cases.flatMap(({ may }) => may.map(toWords));
  const denied = cases.flatMap(({ mayNot }) => mayNot);

  test('allows nothing that one statement denies, but for what another is there for', () => {
    const surprises = denied.filter((one) => judge(whole, toAsked(one)) === 'allowed');
    expect(surprises.map(toWords).filter((words) => !allowed.includes(words))).toEqual([]);
  });
});

function toAsked({ action, resource, context = {} }: Case): Asked {
  return { action, resource, context };
}

function toWords({ action, resource, context }: Case): string {
  return JSON.stringify([action, resource, context ?? {}]);
}

/** The same of another VPN, of one whose name begins alike, in another region or of another account. */
function toNeighbours({ action, resource, context }: Case): Case[] {
  const others = [
    resource.replace('/perennial/home/', `/perennial/${elsewhere.vpn}/`),
    resource.replace('/perennial/home/', '/perennial/hom/'),
    resource.replace('/perennial/home/', '/perennial/home/home/'),
    resource.replace('us-east-1', elsewhere.region),
    resource.replace(account, elsewhere.account),
  ];
  return others
    .filter((other) => other !== resource)
    .map((other) => ({ action, resource: other, ...(context && { context }) }));
}
