/** Packages the service as osls does, in a folder of its own, and reads what CloudFormation would be given. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Template, toResolver } from '../local/intrinsics.ts';

/** What osls said, with its exit code, and the files that it made, by name. */
export interface Outcome {
  code: number;
  output: string;
  files: Map<string, Buffer>;
}

export type Properties = Record<string, unknown>;

/** A resource of the template, every intrinsic function in it resolved. */
export interface Resolved {
  type: string;
  properties: Properties;
}

export const pseudo = {
  Partition: 'aws',
  Region: 'us-east-1',
  AccountId: '123456789012',
  URLSuffix: 'amazonaws.com',
  StackName: 'perennial-home',
};

const root = resolve(import.meta.dirname, '..');
const osls = join(root, 'node_modules/osls/bin/serverless.js');

/** Neither a person's own perennial.yml nor their credentials reach it; `perennialYml` stands in for the former. */
export async function runOsls(command: string, perennialYml?: string): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'perennial-osls-'));
  try {
    await copyFile(join(root, 'serverless.yml'), join(dir, 'serverless.yml'));
    await symlink(join(root, 'scripts'), join(dir, 'scripts'));
    if (perennialYml !== undefined) await writeFile(join(dir, 'perennial.yml'), perennialYml);
    const run = await execute([osls, command], dir);
    return { ...run, files: await readFiles(join(dir, '.serverless')) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** The template that a deployment of the service as it stands would use. */
export async function packageTemplate(): Promise<Template> {
  const { code, output, files } = await runOsls('package');
  if (code !== 0) throw new Error(`osls package failed:\n${output}`);
  return readTemplateFile(files);
}

export function readTemplateFile(files: Outcome['files']): Template {
  const file = files.get('cloudformation-template-update-stack.json');
  if (!file) throw new Error('osls made no template');
  return JSON.parse(file.toString()) as Template;
}

/**
 * The resources that a stack with these parameters would have. What only a deployment knows is named after the
 * resource: `SpotTemplate`, `ServerRole.Arn`.
 */
export function toResources(
  template: Template,
  parameters: Record<string, string> = {},
): Map<string, Resolved> {
  const lookup = (logicalId: string, attribute: string) => {
    if (!(logicalId in template.Resources)) return parameters[logicalId];
    return attribute === 'Ref' ? logicalId : `${logicalId}.${attribute}`;
  };
  const resolver = toResolver(template, lookup, pseudo);
  const there = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || resolver.condition(Condition),
  );
  return new Map(
    there.map(([logicalId, { Type: type, Properties = {} }]) => {
      const properties = resolver.value(Properties) as Properties;
      return [logicalId, { type, properties }];
    }),
  );
}

export function allOf(resources: Map<string, Resolved>, type: string): Properties[] {
  const found = [...resources.values()].filter((resource) => resource.type === type);
  return found.map(({ properties }) => properties);
}

function execute(args: string[], cwd: string): Promise<Omit<Outcome, 'files'>> {
  const env = { PATH: process.env.PATH, HOME: cwd };
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0;
      done({ code, output: `${stdout}${stderr}` });
    });
  });
}

async function readFiles(dir: string): Promise<Outcome['files']> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.map(async (name) => [name, await readFile(join(dir, name))] as const);
  return new Map(await Promise.all(files));
}
