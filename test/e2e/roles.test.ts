/** The packaged function with a statement of a role removed: it fails on the played AWS, and says why. */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { setPower } from '../../local/world-route.ts';
import { packageDir } from '../../scripts/package-dir.ts';

interface Template {
  Resources: Record<
    string,
    { Properties: { Policies?: { PolicyDocument: { Statement: { Sid?: string }[] } }[] } }
  >;
}

const templateFile = 'cloudformation-template-update-stack.json';
const loop = 'perennial-ReconcileRole/perennial-home-reconcile';

/** What turning the VPN on needs, with the first call that misses it. */
const statements: [sid: string, whose: string, action: string][] = [
  ['Look', loop, 'ec2:DescribeInstances'],
  ['ReadState', loop, 'ssm:GetParametersByPath'],
  ['ReadAndWriteTheJournal', loop, 'ssm:PutParameter'],
  ['ReadTheZone', loop, 'route53:ListResourceRecordSets'],
  ['PointTheName', loop, 'route53:ChangeResourceRecordSets'],
  ['LaunchWithOurTemplatesAndGroup', loop, 'ec2:RunInstances'],
  ['LaunchOurImages', loop, 'ec2:RunInstances'],
  ['LaunchIntoAnyZone', loop, 'ec2:RunInstances'],
  ['LaunchTaggedAsOurs', loop, 'ec2:RunInstances'],
  ['RequestSpotTaggedAsOurs', loop, 'ec2:RunInstances'],
  ['TagWhatIsLaunched', loop, 'ec2:CreateTags'],
  ['GiveTheServerItsRole', loop, 'iam:PassRole'],
  ['Report', 'perennial-ServerRole/i-', 'ssm:PutParameter'],
];

test.each(statements)('without %s', async (sid, whose, action) => {
  const dir = await mkdtemp(join(tmpdir(), 'perennial-roles-'));
  let aws: LocalAws | null = null;
  try {
    await packageWithout(sid, dir);
    // That it fails is what is wanted; what the first failure was is told below.
    const [onLog, onFailed] = [() => {}, () => {}];
    aws = await startLocalAws({ packageDir: dir, speed: 30, port: 0, seed: 1, onLog, onFailed });
    const { world, pump, config } = aws;
    const denied = new Promise<string>((resolve) =>
      world.onOccurrence((occurrence) => {
        if (occurrence.kind === 'denied') resolve(occurrence.why);
      }),
    );
    pump.change(() => setPower(world, config, 'on'));
    expect(await denied).toContain(`assumed-role/${whose}`);
    expect(await denied).toContain(` is not authorized to perform: ${action} `);
  } finally {
    await aws?.stop();
    await rm(dir, { recursive: true });
  }
});

/** The package as it stands, but for the statement of that name. */
async function packageWithout(sid: string, dir: string): Promise<void> {
  const zips = (await readdir(packageDir)).filter((name) => name.endsWith('.zip'));
  await Promise.all(zips.map((name) => copyFile(join(packageDir, name), join(dir, name))));
  let removed = 0;
  const template = JSON.parse(await readFile(join(packageDir, templateFile), 'utf8')) as Template;
  // Other functions' roles may have statements of the same name.
  for (const role of ['ReconcileRole', 'ServerRole'])
    for (const { PolicyDocument } of template.Resources[role]?.Properties.Policies ?? []) {
      const rest = PolicyDocument.Statement.filter(({ Sid }) => Sid !== sid);
      removed += PolicyDocument.Statement.length - rest.length;
      PolicyDocument.Statement = rest;
    }
  expect(removed).toBe(1);
  const text = JSON.stringify(template);
  await writeFile(join(dir, templateFile), text);
}
