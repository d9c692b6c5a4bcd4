/** Promises of the bundles: small, the same each time, and saying what the sources say, though most of the SDK is gone. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve, toEnvironment, toQuietDay } from '../scripts/bench/canned.ts';
import { requests } from '../scripts/bench/requests.ts';
import { build, bundle, toBytesMax } from '../scripts/build.ts';
import { toShakableErrors, toShakableSchemas } from '../scripts/bundle/shake.ts';
import { acceptances, refusals, whatAcceptancesSay, whatRefusalsSay } from './bundle/answers.ts';

const root = resolve(import.meta.dirname, '..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-build-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('the bundles of all functions', () => {
  test('are those that the bench measures, and each is just under a bound of its own', async () => {
    const bundles = await build(join(folder, 'one'));
    // A bake takes minutes: nobody waits for its start.
    const all = [...Object.keys(requests), 'bake'].toSorted();
    expect(bundles.map(({ name }) => name)).toEqual(all);
    for (const { name, bytes } of bundles) {
      expect(bytes, name).toBeLessThanOrEqual(toBytesMax(name));
      expect(bytes, name).toBeGreaterThan(toBytesMax(name) * 0.9);
    }
  });

  test('are the same bytes when built again', async () => {
    await build(join(folder, 'another'));
    expect(await readAll('another')).toEqual(await readAll('one'));
  });

  test('name no path of the machine that built them, and load no ES module at run time', async () => {
    for (const text of Object.values(await readAll('one')))
      for (const trace of [root, `${homedir()}/`, tmpdir(), 'file://', 'import('])
        expect(text).not.toContain(trace);
  });

  test('run: on a quiet day a pass asks five questions and does nothing', async () => {
    const answers = toQuietDay(Date.now);
    const canned = await serve(answers);
    const output = await run(canned.url, '-e', callOnce, join(folder, 'one/reconcile.js'));
    canned.close();
    expect(JSON.parse(output)).toEqual({ ignored: null, entries: [], unread: [] });
    const asked = canned.calls.map(({ operation }) => operation);
    expect(asked.toSorted()).toEqual(Object.keys(answers).toSorted());
  });
});

describe('what the SDK is made to leave out', () => {
  test.each([
    ['answers', acceptances, whatAcceptancesSay],
    ['errors', refusals, whatRefusalsSay],
  ])('changes nothing in how questions are asked and %s are read', async (_, answers, says) => {
    const canned = await serve(answers);
    await bundle([join(root, 'test/bundle/every-port.ts')], folder);
    const bundled = JSON.parse(await run(canned.url, join(folder, 'every-port.js')));
    const asked = canned.calls.splice(0);
    const source = JSON.parse(await run(canned.url, join(root, 'test/bundle/every-port.ts')));
    canned.close();
    expect(bundled).toEqual(source);
    expect(asked).toEqual(canned.calls);
    expect(bundled).toMatchObject(says);
  });

  test('does not reach the classes of errors that code names', async () => {
    const canned = await serve(refusals);
    await bundle([join(root, 'test/bundle/named-error.ts')], folder);
    const output = await run(canned.url, join(folder, 'named-error.js'));
    canned.close();
    expect(JSON.parse(output)).toEqual({ named: true, base: true, name: 'ParameterNotFound' });
    // The other 139 classes of SSM are left out nevertheless.
    const text = await readFile(join(folder, 'named-error.js'), 'utf8');
    expect(text).not.toContain('ParameterAlreadyExists');
  });

  test('is not missed in silence: a client without credentials says so', async () => {
    await bundle([join(root, 'test/bundle/without-credentials.ts')], folder);
    const output = await run('', join(folder, 'without-credentials.js'));
    expect(output).toContain('made without credentials');
  });
});

describe('the build fails', () => {
  test('when a bundle is too big, and writes nothing', async () => {
    const whole = bundle([join(root, 'test/bundle/whole-service.ts')], join(folder, 'none'));
    await expect(whole).rejects.toThrow(`more than the ${toBytesMax('whole-service')}`);
    await expect(readdir(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test.each([
    ['a key that is a call', 'const _a = "a";\nvar b = { [_a]: 1, [f()]: 2 };'],
    ['a key from elsewhere', 'import { _a } from "./a";\nvar b = { [_a]: 1 };'],
    ['no key at all', 'const _a = "a";\nvar b = { a: 1 };'],
    [
      'an error that is imported but not registered',
      'const _a = "a";\nimport { A, B, } from "../models/errors";\nn0_registry.registerError(A$, A);\nvar b = { [_a]: 1 };',
    ],
    [
      'an error that is registered some other way',
      'const _a = "a";\nn0_registry.registerError(A$, A);\nvar b = { [_a]: 1 };',
    ],
  ])('when the schemas of the SDK have %s', (_, source) => {
    expect(() => toShakableSchemas(source)).toThrow('The AWS SDK has changed');
  });

  test.each([
    ['no class', 'import { X as __BaseException } from "./X";'],
    ['something else beside the classes', `${oneError()}export function f() {}\n`],
    ['a class of another kind', oneError().replace('extends __BaseException', 'extends Error')],
  ])('when the errors of the SDK have %s', (_, source) => {
    expect(() => toShakableErrors(source)).toThrow('The AWS SDK has changed');
  });
});

const callOnce = `require(process.argv[1]).handler(
  { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, {},
).then((pass) => { console.log(JSON.stringify(pass)); process.exit(); })`;

/** Answers the last line of what a child process printed. */
async function run(url: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, ...toEnvironment(url) };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: folder });
  return stdout.trim().split('\n').at(-1) ?? '';
}

async function readAll(name: string): Promise<Record<string, string>> {
  const files = await readdir(join(folder, name));
  const texts = files.map(async (file) => [file, await readFile(join(folder, name, file), 'utf8')]);
  return Object.fromEntries(await Promise.all(texts));
}

function oneError(): string {
  return 'export class A extends __BaseException {\n    static shapeId = "com.amazonaws.a#A";\n}\n';
}
