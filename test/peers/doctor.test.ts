/** moto, an AWS that is not ours, is understood by the doctor, and where it answers with what is no answer that is said. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Finding } from '../../scripts/vpn/doctor/model.ts';
import { must } from '../../shared/adapters/answers.ts';
import { runVpn, setHome } from '../cli/stage.ts';
import { type Moto, startMoto } from './moto.ts';

let moto: Moto;
const { home, env } = setHome();
const file = join(home, 'perennial.yml');
const key = { AWS_ACCESS_KEY_ID: 'moto', AWS_SECRET_ACCESS_KEY: 'moto' };
const toOptions = () => ({
  region: 'us-east-1',
  endpoint: moto.url,
  credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
});

beforeAll(async () => {
  moto = await startMoto(inject('peersBin'));
  const route53 = new Route53Client(toOptions());
  const zone = { Name: 'example.org', CallerReference: 'doctor' };
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand(zone));
  const id = must(HostedZone?.Id, 'Id').replace('/hostedzone/', '');
  writeFileSync(file, `name: vpn.example.org\nzoneId: ${id}\n`);
});
afterAll(async () => {
  await moto.stop();
  rmSync(home, { recursive: true });
});

const examine = async () => {
  // Nobody answers there: what moto's zones have is in no DNS.
  const line = `--config ${file} --json doctor --account --resolver 127.0.0.1:1`;
  const { stdout } = await runVpn(line, { ...env, ...key, AWS_ENDPOINT_URL: moto.url });
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return Object.fromEntries(findings.map(({ name, level, says }) => [name, [level, says]]));
};

test('an account is judged by what moto answers', async () => {
  expect(await examine()).toMatchObject({
    configuration: ['good', `${file} is usable`],
    credentials: ['good', expect.stringMatching(/^arn:aws:sts::123456789012:user\/moto, /)],
    region: ['good', 'us-east-1'],
    clock: ['good', "as AWS's"],
    'default VPC': ['good', expect.stringMatching(/^vpc-\w+ in us-east-1$/)],
    'hosted zone': ['unknown', expect.stringMatching(/^could not be checked: .*ECONNREFUSED/)],
    'role for spot': ['bad', expect.stringMatching(/lacks AWSServiceRoleForEC2Spot/)],
    // moto has neither: what it sends is no answer of AWS.
    'functions at once': ['unknown', expect.not.stringContaining('\n')],
    'leave to deploy': ['unknown', expect.not.stringContaining('\n')],
  });
});

test('a role that is there is found', async () => {
  const iam = new IAMClient(toOptions());
  // By the remedy's own command moto makes one of another name.
  const RoleName = 'AWSServiceRoleForEC2Spot';
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: '{}' }));
  expect(await examine()).toMatchObject({
    'role for spot': ['good', 'AWSServiceRoleForEC2Spot is there'],
  });
});
