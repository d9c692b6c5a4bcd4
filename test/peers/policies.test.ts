/** parliament, a judge of IAM policies, finds nothing in our roles' but what is named here with its reason. */
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { readTemplate } from '../../local/template.ts';
import { packageTemplate, pseudo } from '../compiled-template.ts';
import { run } from './aws.ts';

/** What parliament prints for each finding, a line of JSON; `detail` is a list for a RESOURCE_MISMATCH. */
interface Finding {
  issue: string;
  detail: unknown;
}

/**
 * One launch asks for leave on a dozen kinds of resources, a command on its document and its servers, and each of our
 * statements gives leave for some of them, with its own conditions. parliament wants every statement to name all kinds.
 */
const known: Record<string, string[]> = {
  BakeRole: [
    'RESOURCE_MISMATCH ec2:RunInstances',
    'RESOURCE_MISMATCH ec2:CreateImage',
    // What is published is in no account: arn:aws:ssm:us-east-1::parameter/aws/service/….
    'RESOURCE_MISMATCH ssm:GetParameter',
  ],
  ReconcileRole: ['RESOURCE_MISMATCH ec2:RunInstances', 'RESOURCE_MISMATCH ssm:SendCommand'],
};

const parliament = join(inject('peersBin'), 'parliament');
const ids: Record<string, string> = {
  'SpotTemplate.Ref': 'lt-0123456789abcdef0',
  'OnDemandTemplate.Ref': 'lt-0123456789abcdef1',
  'BuilderTemplate.Ref': 'lt-0123456789abcdef2',
  'CanaryTemplate.Ref': 'lt-0123456789abcdef3',
  'ServerSecurityGroup.GroupId': 'sg-0123456789abcdef0',
  'BakeSecurityGroup.GroupId': 'sg-0123456789abcdef1',
};
const resolve = (logicalId: string, attribute: string) =>
  attribute === 'LatestVersionNumber' ? '1' : ids[`${logicalId}.${attribute}`];
const { roles } = readTemplate(await packageTemplate(), resolve, pseudo);

test.concurrent.each(roles)('$logicalId', async ({ logicalId, policies }) => {
  const findings = await Promise.all(policies.map(({ document }) => judge(document)));
  expect(policies).not.toEqual([]);
  expect([...new Set(findings.flat())]).toEqual(known[logicalId] ?? []);
});

test.concurrent('a misspelt action would be told', async () => {
  const Statement = [{ Effect: 'Allow', Action: 'ssm:GetParametr', Resource: '*' }];
  expect(await judge({ Version: '2012-10-17', Statement })).toEqual([
    'UNKNOWN_ACTION Unknown action ssm:GetParametr',
  ]);
});

async function judge(document: unknown): Promise<string[]> {
  const { stdout, stderr } = await run(parliament, [
    '--json',
    '--string',
    JSON.stringify(document),
  ]);
  expect(stderr).not.toContain('Traceback');
  return stdout.split('\n').filter(Boolean).flatMap(toWords);
}

function toWords(line: string): string[] {
  const { issue, detail } = JSON.parse(line) as Finding;
  if (typeof detail === 'string') return [`${issue} ${detail}`];
  const mismatches = [detail].flat() as { action?: string }[];
  return mismatches.map((one) => `${issue} ${one.action ?? JSON.stringify(one)}`);
}
