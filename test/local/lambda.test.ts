/** The Lambda host, with real processes: what a function sees, and what becomes of one that fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { readClock, startClock } from '../../local/clock.ts';
import {
  type FunctionSpec,
  type LocalFunction,
  startFunction,
} from '../../local/lambda/runtime.ts';

// Processes start as fast as the machine lets them.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'perennial-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cleanUps: (() => unknown)[] = [];
const atTheEnd = (cleanUp: () => unknown) => cleanUps.push(cleanUp);
afterEach(async () => {
  for (let cleanUp = cleanUps.pop(); cleanUp; cleanUp = cleanUps.pop()) await cleanUp();
});

/** A specification of a function whose handler does what the event's `do` says. */
function toSpec(files: Record<string, string>, more: Partial<FunctionSpec> = {}): FunctionSpec {
  const zipPath = join(folder, `${crypto.randomUUID()}.zip`);
  const content = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
  writeFileSync(zipPath, zipSync(Object.fromEntries(content)));
  return {
    name: 'perennial-test',
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:perennial-test',
    handler: 'functions/test.handler',
    zipPath,
    environment: { OWN: 'variable' },
    timeoutSeconds: 60,
    memoryMb: 128,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' },
    endpointUrl: 'http://127.0.0.1:1',
    ...more,
  };
}

function start(source: string, more: Partial<FunctionSpec> = {}): LocalFunction {
  const one = startFunction(toSpec({ 'functions/test.js': source }, more));
  atTheEnd(one.stop);
  return one;
}

/** A handler that works, but for what its event asks. */
const obedient = `
  let count = 0;
  exports.handler = async (event, context) => {
    count++;
    if (event.do === 'throw') throw new TypeError('it went wrong');
    if (event.do === 'throw text') throw 'it went wrong';
    if (event.do === 'hang') await new Promise(() => setInterval(() => {}, 1000));
    if (event.do === 'wait for nothing') await new Promise(() => {});
    if (event.do === 'exit') process.exit(7);
    if (event.do === 'die') process.kill(process.pid, 'SIGKILL');
    if (event.do === 'throw later') await new Promise(() => setTimeout(() => { throw new RangeError('later'); }, 0));
    if (event.do === 'reject') { Promise.reject(new RangeError('unseen')); await new Promise(() => setInterval(() => {}, 1000)); }
    if (event.do === 'talk much') return 'x'.repeat(7 * 1024 * 1024);
    if (event.do === 'answer nothing') return;
    return { count, pid: process.pid, taskRoot: process.env.LAMBDA_TASK_ROOT, event };
  };`;

interface Seen {
  count: number;
  pid: number;
  taskRoot: string;
}

async function see(one: LocalFunction, event: object = {}): Promise<Seen> {
  const invocation = await one.invoke(event);
  if (invocation.kind !== 'done') throw new Error(invocation.message);
  return invocation.value as Seen;
}

describe('a function', () => {
  test('answers with what its handler returns', async () => {
    const invocation = await start(obedient).invoke({ a: [1, null] });
    expect(invocation).toMatchObject({
      kind: 'done',
      value: { count: 1, event: { a: [1, null] } },
    });
    expect(invocation.durationMs).toBeGreaterThan(0);
  });

  test('that returns nothing answers null', async () => {
    expect(await start(obedient).invoke({ do: 'answer nothing' })).toMatchObject({ value: null });
  });

  test('may be an ES module', async () => {
    const files = {
      'functions/test.mjs': 'export const handler = async () => import.meta.filename;',
    };
    const one = startFunction(toSpec(files));
    atTheEnd(one.stop);
    const { value } = (await one.invoke({})) as { value?: string };
    expect(value).toMatch(/functions\/test\.mjs$/);
  });

  test('gets the context of its invocation', async () => {
    const one = start(`exports.handler = async (event, context) =>
      ({ ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });`);
    const { value } = (await one.invoke({}, '11111111-2222-3333-4444-555555555555')) as {
      value?: { remaining: number };
    };
    expect(value).toMatchObject({
      awsRequestId: '11111111-2222-3333-4444-555555555555',
      functionName: 'perennial-test',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:perennial-test',
      memoryLimitInMB: '128',
      trace: 'Root=1-11111111-222233334444555555555555;Sampled=0',
    });
    expect(value?.remaining).toBeGreaterThan(0);
    expect(value?.remaining).toBeLessThanOrEqual(60_000);
  });

  test("sees Lambda's variables and its own, and none of ours", async () => {
    process.env.PERENNIAL_TEST_SECRET = 'of the parent';
    atTheEnd(() => delete process.env.PERENNIAL_TEST_SECRET);
    const clock = startClock();
    atTheEnd(clock.stop);
    const one = start('exports.handler = async () => process.env;', { clock });
    const { value } = (await one.invoke({})) as { value?: Record<string, string> };
    expect(Object.keys(value ?? {}).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_ENDPOINT_URL',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'OWN',
      'PATH',
      'TZ',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ]);
    expect(value).toMatchObject({ OWN: 'variable', TZ: ':UTC', AWS_REGION: 'eu-west-1' });
  });

  test('is told of by what it writes', async () => {
    const lines: string[] = [];
    const source = `exports.handler = async () => { console.log('one\\ntwo'); console.error('three'); };`;
    const one = start(source, { onLog: (line) => lines.push(line) });
    await one.invoke({});
    await one.stop();
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });
});

type Failure = [sentence: string, event: object, errorType: string, message: RegExp];
const failures: Failure[] = [
  ['throws', { do: 'throw' }, 'TypeError', /^it went wrong$/],
  ['throws what is no error', { do: 'throw text' }, 'string', /^it went wrong$/],
  ['throws outside of its promise', { do: 'throw later' }, 'RangeError', /^later$/],
  ['leaves a rejection', { do: 'reject' }, 'RangeError', /^unseen$/],
  ['exits', { do: 'exit' }, 'Runtime.ExitError', /Runtime exited with error: exit status 7$/],
  ['is killed', { do: 'die' }, 'Runtime.ExitError', /Runtime exited with error: signal: SIGKILL$/],
  [
    'waits for nothing',
    { do: 'wait for nothing' },
    'Runtime.ExitError',
    /without providing a reason$/,
  ],
  ['answers too much', { do: 'talk much' }, 'Function.ResponseSizeTooLarge', /exceeded/],
];

describe('a function that', () => {
  test.each(failures)('%s fails, and works again', async (_, event, errorType, message) => {
    const one = start(obedient);
    const failed = await one.invoke(event);
    expect(failed).toMatchObject({
      kind: 'failed',
      errorType,
      message: expect.stringMatching(message),
    });
    expect(await one.invoke({})).toMatchObject({ kind: 'done' });
  });

  test('takes too long is ended, and begins anew', async () => {
    const one = start(obedient, { timeoutSeconds: 1 });
    const before = await see(one);
    expect(await one.invoke({ do: 'hang' }, 'the-id')).toMatchObject({
      kind: 'failed',
      errorType: 'Sandbox.Timedout',
      message: 'RequestId: the-id Error: Task timed out after 1.00 seconds',
    });
    const after = await see(one);
    expect(after.pid).not.toBe(before.pid);
    expect(after.count).toBe(1);
  });

  const inits: [string, Record<string, string>, string, RegExp][] = [
    ['throws', { 'functions/test.js': 'throw new RangeError("no")' }, 'RangeError', /^no$/],
    ['does not parse', { 'functions/test.js': '{' }, 'SyntaxError', /Unexpected/],
    ['exits', { 'functions/test.js': 'process.exit(3)' }, 'Runtime.ExitError', /exit status 3/],
    ['has no handler', { 'functions/test.js': '' }, 'Runtime.HandlerNotFound', /functions\/test/],
    ['is not there', { 'other.js': '' }, 'Runtime.ImportModuleError', /functions\/test/],
  ];
  test.each(inits)('%s while it loads fails', async (_, files, errorType, message) => {
    const one = startFunction(toSpec(files));
    atTheEnd(one.stop);
    const failed = { kind: 'failed', errorType, message: expect.stringMatching(message) };
    expect(await one.invoke({})).toMatchObject(failed);
    expect(await one.invoke({})).toMatchObject(failed);
  });

  test('comes in a broken zip is refused', () => {
    const spec = toSpec({ '../out.js': '' });
    expect(() => startFunction(spec)).toThrow('outside of its folder');
    writeFileSync(spec.zipPath, 'no zip');
    expect(() => startFunction(spec)).toThrow();
  });
});

/** Answers only when so many ask at once; tells how many did. */
async function startMeeting(size: number): Promise<{ url: string; most: () => number }> {
  let present: ServerResponse[] = [];
  let most = 0;
  const server: Server = createServer((_, response) => {
    present.push(response);
    most = Math.max(most, present.length);
    if (present.length < size) return;
    for (const one of present) one.end('met');
    present = [];
  });
  return { url: await listen(server), most: () => most };
}

/** Never answers; `asked` is the first connection on which it is asked. */
async function startSilence(): Promise<{ url: string; asked: Promise<Socket> }> {
  const server = createServer(() => {});
  const { promise: asked, resolve } = Promise.withResolvers<Socket>();
  server.on('request', ({ socket }) => resolve(socket));
  return { url: await listen(server), asked };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atTheEnd(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A handler that asks at the endpoint, and waits for the answer. */
const meeting = `
  const http = require('node:http');
  exports.handler = () => new Promise((resolve, reject) => {
    http.get(process.env.AWS_ENDPOINT_URL, { agent: false }, (response) => {
      response.resume().on('end', () => resolve(process.pid));
    }).on('error', reject);
  });`;

describe('events', () => {
  test('at once have an environment each', async () => {
    const { url } = await startMeeting(2);
    const one = start(meeting, { endpointUrl: url });
    const [a, b] = await Promise.all([one.invoke({}), one.invoke({})]);
    expect([a.kind, b.kind]).toEqual(['done', 'done']);
    expect(a).not.toMatchObject({ value: (b as { value: unknown }).value });
  });

  test('above the limit wait in line', async () => {
    const { url, most } = await startMeeting(1);
    const one = start(meeting, { endpointUrl: url, concurrencyMax: 1 });
    const all = await Promise.all([one.invoke({}), one.invoke({}), one.invoke({})]);
    expect(new Set(all.map((invocation) => 'value' in invocation && invocation.value)).size).toBe(
      1,
    );
    expect(most()).toBe(1);
  });

  test('one after the other use the same environment', async () => {
    const one = start(obedient);
    const [first, second] = [await see(one), await see(one)];
    expect(second).toMatchObject({ count: 2, pid: first.pid });
  });
});

describe('the clock of a function', () => {
  test('is ours, in every form of Date', async () => {
    const clock = startClock({ speed: 1_000, at: Date.UTC(2030, 0, 1) });
    atTheEnd(clock.stop);
    const one = start(
      `exports.handler = async () => [Date.now(), +new Date(), Date.parse(Date()), new Date(5).getTime(),
        new Date() instanceof Date, new (class extends Date {})() instanceof Date, Date.UTC(1970, 0, 2),
        new Date().constructor === Date, new Date(2030, 0).getTimezoneOffset()];`,
      { clock },
    );
    const before = clock.now();
    const { value } = (await one.invoke({})) as { value?: number[] };
    const after = clock.now();
    const [now = 0, made = 0, told = 0, ...rest] = value ?? [];
    for (const time of [now, made, told + 999]) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(after + 999);
    }
    expect(rest).toEqual([5, true, true, 86_400_000, true, 0]);
  });

  test('runs at its speed from where it begins', () => {
    let real = 1_000;
    const clock = startClock({ speed: 30, at: 500_000, realNow: () => real });
    real += 10;
    expect(clock.now()).toBe(500_300);
    expect(clock.toRealMs(600)).toBe(20);
  });

  test('goes on from where it is at another speed, and says so', () => {
    let real = 1_000;
    const clock = startClock({ speed: 30, at: 500_000, realNow: () => real });
    let changes = 0;
    clock.onChange(() => changes++);
    real += 10;
    clock.go(0.5);
    clock.go(0.5);
    real += 10;
    expect([clock.now(), clock.toRealMs(600), changes]).toEqual([500_305, 1_200, 1]);
    expect(() => clock.go(0)).toThrow('speed');
  });

  test('is no faster than real time while somebody works, however many do', async () => {
    let real = 0;
    const clock = startClock({ speed: 60, at: 0, realNow: () => real });
    const works = [0, 1].map(() => Promise.withResolvers<void>());
    const all = works.map(({ promise }) => clock.during(() => promise));
    for (const { resolve } of works) {
      real += 1_000;
      resolve();
      await Promise.resolve();
    }
    expect(clock.now()).toBe(2_000);
    await Promise.all(all);
    real += 1_000;
    expect(clock.now()).toBe(62_000);
    const failed = clock.during(() => Promise.reject(new Error('it fails')));
    await expect(failed).rejects.toThrow('it fails');
    real += 1_000;
    expect(clock.now()).toBe(122_000);
  });

  test('changes in a function that is there already', async () => {
    const standing = 1e-15;
    const clock = startClock({ speed: standing, at: 0 });
    atTheEnd(clock.stop);
    const one = start('exports.handler = async () => Date.now();', { clock });
    expect(await one.invoke({})).toMatchObject({ value: 0 });
    clock.go(1_000);
    // A call within the same millisecond of ours would see no time pass.
    await expect.poll(() => clock.now()).toBeGreaterThan(0);
    const { value = 0 } = (await one.invoke({})) as { value?: number };
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThanOrEqual(clock.now());
  });

  test('is the same for whoever reads it where it is shown', () => {
    let real = 1_000;
    const clock = startClock({ speed: 30, at: 500_000, realNow: () => real });
    atTheEnd(clock.stop);
    const read = readClock(clock.env(), () => real);
    real += 10;
    expect([read(), clock.now()]).toEqual([500_300, 500_300]);
    clock.go(2);
    real += 10;
    expect([read(), clock.now()]).toEqual([500_320, 500_320]);
  });

  test('is real time if nothing else is said', () => {
    expect(startClock({ realNow: () => 7 }).now()).toBe(7);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('has no speed of %s', (speed) => {
    expect(() => startClock({ speed })).toThrow('speed');
  });
});

describe('after its end', () => {
  test('a function leaves no process and no file', async () => {
    const one = start(obedient);
    const { pid, taskRoot } = await see(one);
    expect(existsSync(taskRoot)).toBe(true);
    await one.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(taskRoot)).toBe(false);
  });

  test('what is under way, or in line, or comes later fails', async () => {
    const { url, asked } = await startSilence();
    const one = start(meeting, { endpointUrl: url, concurrencyMax: 1 });
    const [underWay, inLine] = [one.invoke({}), one.invoke({})];
    await asked;
    await one.stop();
    expect(await underWay).toMatchObject({ kind: 'failed', errorType: 'Runtime.ExitError' });
    expect(await inLine).toMatchObject({ kind: 'failed', errorType: 'Local.Stopped' });
    expect(await one.invoke({})).toMatchObject({ kind: 'failed', errorType: 'Local.Stopped' });
  });

  test('a process whose parent died ends by itself, even in the midst of an event', async () => {
    const { url, asked } = await startSilence();
    const spec = toSpec({ 'functions/test.js': meeting }, { endpointUrl: url });
    const runtime = join(import.meta.dirname, '../../local/lambda/runtime.ts');
    const script = `import { startFunction } from ${JSON.stringify(runtime)};
      startFunction(${JSON.stringify(spec)}).invoke({});`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    atTheEnd(() => parent.kill('SIGKILL'));
    const connection = await asked;
    const left = once(connection, 'close');
    parent.kill('SIGKILL');
    await left;
  });
});
