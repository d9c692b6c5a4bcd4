/** What must be true of an account, and of this machine, before a VPN is deployed from it. */
import { existsSync } from 'node:fs';
import { DescribeRegionsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { isCode } from '../../../shared/adapters/answers.ts';
import { toDuration } from '../../../shared/core/words.ts';
import type { Reach } from '../command.ts';
import { type Identity, toHomeRegion } from '../identity.ts';
import { usualConfigFile } from '../settings.ts';
import { toSentence } from '../trouble.ts';
import { checkDelegation } from './delegation.ts';
import type { Facts } from './facts.ts';
import { bad, type Check, good, type Said, Unmet, unknown, warning } from './model.ts';

export function toAccountChecks(facts: Facts, reach: Reach): Check[] {
  const checks: [name: string, run: () => Promise<Said>][] = [
    ['configuration', async () => checkConfiguration(reach)],
    ['credentials', () => checkCredentials(facts)],
    ['region', () => checkRegion(facts)],
    ['clock', () => checkClock(facts, reach)],
    ['default VPC', () => checkVpc(facts)],
    ['hosted zone', () => (isConfigured(reach) ? checkDelegation(facts) : lacksConfiguration())],
    ['role for spot', () => checkSpotRole(facts)],
    ['spot quota', () => checkQuota(facts, spotQuota)],
    ['on-demand quota', () => checkQuota(facts, onDemandQuota)],
    ['functions at once', () => checkConcurrency(facts)],
    ['leave to deploy', () => checkLeave(facts)],
  ];
  return checks.map(([name, run]) => ({ part: 'account', name, run }));
}

function isConfigured({ local, config = usualConfigFile }: Reach): boolean {
  return local || existsSync(config);
}

async function lacksConfiguration(): Promise<never> {
  throw new Unmet('without a perennial.yml nobody has said which');
}

function checkConfiguration(reach: Reach): Said {
  const { local, config = usualConfigFile } = reach;
  if (local) return good('the examples of serverless.yml, which "npm start" plays');
  return isConfigured(reach)
    ? good(`${config} is usable`)
    : bad('there is no perennial.yml: what follows is of the examples', 'vpn init');
}

async function checkCredentials({ identity }: Facts): Promise<Said> {
  try {
    const { arn, account } = await identity();
    const says = `${arn}, of the account ${account}`;
    return arn.endsWith(':root')
      ? warning(
          says,
          "Use a user or a role of IAM: the root user can't be held back from anything.",
        )
      : good(says);
  } catch (error) {
    // Such a sentence says what is wrong, and behind a colon what to do.
    const [says = '', remedy = 'see with "aws sts get-caller-identity".'] = split(
      toSentence(error),
    );
    return bad(says, remedy.charAt(0).toUpperCase() + remedy.slice(1));
  }
}

function split(sentence: string): string[] {
  const at = sentence.indexOf(': ');
  return at < 0 ? [sentence] : [sentence.slice(0, at), sentence.slice(at + 2)];
}

/** Asked elsewhere: one that is not there can't answer. */
async function checkRegion({ aws, signedIn }: Facts): Promise<Said> {
  await signedIn();
  const { region } = aws.settings;
  const ec2 = new EC2Client({ ...aws.options, region: toHomeRegion(region) });
  const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  const found = Regions.find(({ RegionName }) => RegionName === region);
  if (!found)
    return bad(`AWS has no region ${region}`, 'Set region in perennial.yml, like eu-central-1.');
  return found.OptInStatus === 'not-opted-in'
    ? bad(`${region} is off in your account`, `aws account enable-region --region-name ${region}`)
    : good(region);
}

/** AWS takes no signature that is five minutes off; WireGuard and what is timed by hand suffer earlier. */
const clockBadMs = 4 * 60_000;
const clockOddMs = 30_000;

async function checkClock({ signedIn }: Facts, { local }: Reach): Promise<Said> {
  if (local) return good('time is played here');
  const { aheadMs } = await signedIn();
  const off = Math.abs(aheadMs);
  if (off < 2_000) return good("as AWS's");
  const says = `${toDuration(off)} ${aheadMs > 0 ? 'ahead of' : 'behind'} AWS's`;
  if (off < clockOddMs) return good(says);
  const remedy = 'Let it be set by the network: "timedatectl set-ntp true" on Linux.';
  return off < clockBadMs ? warning(says, remedy) : bad(says, remedy);
}

async function checkVpc({ aws, signedIn }: Facts): Promise<Said> {
  await signedIn();
  const { region } = aws.settings;
  const Filters = [{ Name: 'is-default', Values: ['true'] }];
  const { Vpcs = [] } = await aws.clients.ec2.send(new DescribeVpcsCommand({ Filters }));
  const [vpc] = Vpcs;
  return vpc
    ? good(`${vpc.VpcId} in ${region}`)
    : bad(`${region} has none`, `aws ec2 create-default-vpc --region ${region}`);
}

const spotRole = 'AWSServiceRoleForEC2Spot';

async function checkSpotRole({ aws, signedIn }: Facts): Promise<Said> {
  await signedIn();
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
  try {
    await new IAMClient(aws.options).send(new GetRoleCommand({ RoleName: spotRole }));
    return good(`${spotRole} is there`);
  } catch (error) {
    if (!isCode(error, 'NoSuchEntity') && !isCode(error, 'NoSuchEntityException')) throw error;
    const remedy = 'aws iam create-service-linked-role --aws-service-name spot.amazonaws.com';
    return bad(`the account lacks ${spotRole}: nothing can be launched on spot`, remedy);
  }
}

interface Quota {
  code: string;
  name: string;
}

/** vCPUs of the standard families, of which all small types are (https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html). */
const spotQuota: Quota = { code: 'L-34B43A08', name: 'All Standard Spot Instance Requests' };
const onDemandQuota: Quota = { code: 'L-1216C47A', name: 'Running On-Demand Standard instances' };
const vcpusOfServer = 2;

/** Make before break needs room for two. */
async function checkQuota({ aws, signedIn }: Facts, { code, name }: Quota): Promise<Said> {
  await signedIn();
  const { GetServiceQuotaCommand, ServiceQuotasClient } = await import(
    '@aws-sdk/client-service-quotas'
  );
  const command = new GetServiceQuotaCommand({ ServiceCode: 'ec2', QuotaCode: code });
  const { Quota } = await new ServiceQuotasClient(aws.options).send(command);
  if (Quota?.Value === undefined) return unknown('AWS does not tell it');
  const says = `${Quota.Value} vCPUs`;
  const remedy = `Ask for at least ${2 * vcpusOfServer} of "${name}" in Service Quotas, ${aws.settings.region}.`;
  if (Quota.Value >= 2 * vcpusOfServer) return good(says);
  return Quota.Value >= vcpusOfServer
    ? warning(`${says}: enough for one server, and not for another before it goes`, remedy)
    : bad(`${says}: not enough for a server`, remedy);
}

/** A new account has ten; the six functions seldom run more than three at a time. */
const concurrencyEnough = 10;

async function checkConcurrency({ aws, signedIn }: Facts): Promise<Said> {
  await signedIn();
  const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const { AccountLimit } = await new LambdaClient(aws.options).send(
    new GetAccountSettingsCommand({}),
  );
  const left = AccountLimit?.UnreservedConcurrentExecutions;
  if (left === undefined) return unknown('AWS does not tell it');
  const says = `${left} of ${AccountLimit?.ConcurrentExecutions} are not reserved by others`;
  return left >= concurrencyEnough
    ? good(says)
    : warning(
        says,
        'Take reservations away from other functions, or ask for more in Service Quotas.',
      );
}

/** What a deployment does that not everybody may do who may do much. */
const needed = ['iam:CreateRole', 'iam:PassRole'];

async function checkLeave(facts: Facts): Promise<Said> {
  const identity = await facts.signedIn();
  if (identity.arn.endsWith(':root')) return good('the root user may do everything');
  const { IAMClient, SimulatePrincipalPolicyCommand } = await import('@aws-sdk/client-iam');
  const client = new IAMClient(facts.aws.options);
  const [, partition = 'aws'] = identity.arn.split(':');
  const { vpn } = facts.aws.settings.policy;
  const { EvaluationResults = [] } = await client.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: await findPrincipal(facts, identity),
      ActionNames: needed,
      ResourceArns: [`arn:${partition}:iam::${identity.account}:role/perennial-${vpn}-role`],
    }),
  );
  const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed');
  if (!denied.length) return good(needed.join(', '));
  const actions = denied.map(({ EvalActionName }) => EvalActionName).join(', ');
  return bad(
    `your credentials may not do ${actions}`,
    `Ask whoever looks after the account for ${actions} on roles whose names begin with perennial-${vpn}-.`,
  );
}

/** A session is judged by its role, which may have a path that the session's name leaves out. */
async function findPrincipal({ aws }: Facts, { arn }: Identity): Promise<string> {
  const [, RoleName] = /:assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (!RoleName) return arn;
  const { GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
  const { Role } = await new IAMClient(aws.options).send(new GetRoleCommand({ RoleName }));
  return Role?.Arn ?? arn;
}
