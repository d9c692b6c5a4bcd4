/** Deploys our package on moto as somebody would who has only the template, the zip and the `aws` command. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Template, toResolver } from '../../local/intrinsics.ts';
import type { FunctionSpec } from '../../local/lambda/runtime.ts';
import { type Properties, pseudo, readTemplateFile, runOsls } from '../compiled-template.ts';
import type { Aws } from './aws.ts';

export interface Deployed {
  /** What its launch harness has to know of the function. */
  spec: FunctionSpec;
  zoneId: string;
  imageId: string;
  /** Removes the zip. */
  remove: () => Promise<void>;
}

export const name = 'vpn.example.org';

export async function deploy(aws: Aws, endpointUrl: string): Promise<Deployed> {
  const { HostedZone } = await aws.ask('route53 create-hosted-zone', {
    name: 'example.org',
    'caller-reference': 'stranger',
  });
  const zoneId = HostedZone.Id.replace('/hostedzone/', '');
  const { template, zip } = await packageFor(zoneId);
  const variables = await deployTemplates(template, aws);

  const { ImageId: imageId } = await aws.ask('ec2 register-image', {
    name: 'ours',
    'root-device-name': '/dev/xvda',
  });
  const dir = await mkdtemp(join(tmpdir(), 'perennial-stranger-'));
  const zipPath = join(dir, 'reconcile.zip');
  await writeFile(zipPath, zip);
  return {
    spec: { ...toFunction(template), environment: variables, zipPath, endpointUrl },
    zoneId,
    imageId,
    remove: () => rm(dir, { recursive: true }),
  };
}

/** With a cap below on demand, so that launches carry a limit: moto takes no market from a launch template. */
async function packageFor(zoneId: string): Promise<{ template: Template; zip: Buffer }> {
  const { output, files } = await runOsls(
    'package',
    [
      `name: ${name}`,
      `zoneId: ${zoneId}`,
      'cap: 0.004',
      'types: t3.nano=0.0052,t3a.nano=0.0047',
    ].join('\n'),
  );
  const zip = files.get('reconcile.zip');
  if (!zip) throw new Error(`osls package failed:\n${output}`);
  return { template: readTemplateFile(files), zip };
}

/** Makes the launch templates, and answers the function's variables with their ids filled in. */
async function deployTemplates(template: Template, aws: Aws): Promise<Record<string, string>> {
  const ids = new Map([['ServerProfile.Arn', 'arn:aws:iam::123456789012:instance-profile/server']]);
  const lookup = (logicalId: string, attribute: string) => ids.get(`${logicalId}.${attribute}`);
  const resolver = toResolver(template, lookup, pseudo);
  const { GroupId } = await aws.ask('ec2 create-security-group', {
    'group-name': 'server',
    description: 'The VPN server',
  });
  ids.set('ServerSecurityGroup.GroupId', GroupId);

  for (const logicalId of ['SpotTemplate', 'OnDemandTemplate']) {
    const { LaunchTemplateName, LaunchTemplateData } = propertiesOf(template, logicalId);
    const { LaunchTemplate } = await aws.ask('ec2 create-launch-template', {
      'launch-template-name': String(LaunchTemplateName),
      'launch-template-data': resolver.value(LaunchTemplateData) as object,
    });
    ids.set(`${logicalId}.Ref`, LaunchTemplate.LaunchTemplateId);
    ids.set(`${logicalId}.LatestVersionNumber`, String(LaunchTemplate.LatestVersionNumber));
  }
  const { Environment } = propertiesOf(template, 'ReconcileLambdaFunction');
  const { Variables } = resolver.value(Environment) as { Variables: Record<string, string> };
  // On moto an address stays with a server that has ended.
  return { ...Variables, PERENNIAL_ADDRESS: 'dynamic' };
}

function toFunction(template: Template) {
  const { FunctionName, Handler, Timeout, MemorySize } = propertiesOf(
    template,
    'ReconcileLambdaFunction',
  );
  const region = pseudo.Region;
  return {
    name: String(FunctionName),
    arn: `arn:aws:lambda:${region}:${pseudo.AccountId}:function:${String(FunctionName)}`,
    handler: String(Handler),
    timeoutSeconds: Number(Timeout),
    memoryMb: Number(MemorySize),
    region,
    credentials: { accessKeyId: 'stranger', secretAccessKey: 'stranger' },
  };
}

function propertiesOf({ Resources }: Template, logicalId: string): Properties {
  const properties = Resources[logicalId]?.Properties;
  if (!properties) throw new Error(`The template has no ${logicalId}`);
  return properties;
}
