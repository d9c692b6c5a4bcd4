/** Who `vpn` asks and with what: its token, the API's address, and AWS itself; and what it says when that fails. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toAws } from '../../scripts/vpn/aws.ts';
import { globalOptions } from '../../scripts/vpn/program.ts';
import { toScreen } from '../../scripts/vpn/screen.ts';
import { commands } from '../../scripts/vpn/table.ts';
import { makeFirstToken } from '../../scripts/vpn/token.ts';
import type { Status } from '../../web/data/answers.ts';
import { root } from '../scripts/cli.ts';
import { type CliStage, runVpn, setCliStage, setHome } from './stage.ts';

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
  await stage.ask('users add dave');
});
afterAll(() => stage.stop());

/** What it has, and of which kind: between two questions the world may move on. */
const shapeOf = (value: object) =>
  Object.entries(value).map(([key, one]) => [Array.isArray(value) ? '' : key, typeof one]);

describe('straight on AWS', () => {
  test.each(['status', 'users', 'prices --hours 2', 'journal --last 1'])(
    '%s answers as the API does',
    async (line) => {
      const direct = await stage.ask<object>(`--direct ${line}`);
      expect(shapeOf(direct)).toEqual(shapeOf(await stage.ask<object>(line)));
    },
  );

  test('people are added, and have their profile', async () => {
    const { password } = await stage.ask<{ password: string }>('--direct users add carol');
    const { stdout } = await stage.vpn(
      '--local --direct profile carol --for ubuntu --protocol pptp',
    );
    expect(stdout).toContain(password);
  });

  test('what can’t be is refused in the same words', async () => {
    const [direct, api] = await Promise.all(
      ['--direct', ''].map((how) => stage.vpn(`--local ${how} users remove nobody`)),
    );
    expect(direct).toEqual(api);
    expect(direct?.code).toBe(1);
  });

  test('any AWS is talked to that AWS_ENDPOINT_URL names, with one’s own credentials', async () => {
    const env = {
      AWS_ENDPOINT_URL: stage.aws.door.url,
      AWS_ACCESS_KEY_ID: 'mine',
      AWS_SECRET_ACCESS_KEY: 'mine',
    };
    const { code, stdout } = await stage.vpn('--direct status --json', env);
    expect([code, (JSON.parse(stdout) as Status).name]).toEqual([0, 'vpn.example.org']);
  });

  test('without credentials says where they come from', async () => {
    const env = { AWS_ENDPOINT_URL: stage.aws.door.url };
    expect(await stage.vpn('--direct status', env)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'vpn: There are no AWS credentials: set AWS_PROFILE, or run "aws configure" or "aws sso login".\n',
    });
  });
});

describe('the token', () => {
  const context = () => ({
    screen: toScreen(true),
    reach: {
      direct: false,
      local: true,
      api: undefined,
      tokenFile: join(stage.home, 'first.json'),
      config: undefined,
    },
    env: stage.env,
    signal: new AbortController().signal,
    now: Date.now,
  });
  const tokenFile = () => join(stage.home, 'config/perennial/home.json');

  test('is made, kept for its owner only, and left to AWS as a hash', async () => {
    const { api } = stage.aws;
    const env = {
      AWS_ENDPOINT_URL: stage.aws.door.url,
      AWS_ACCESS_KEY_ID: 'mine',
      AWS_SECRET_ACCESS_KEY: 'mine',
    };
    const made = await stage.vpn(`token --api ${api.url}`, env);
    expect(made.code).toBe(0);
    const { token } = JSON.parse(readFileSync(tokenFile(), 'utf8')) as { token: string };
    expect(made.stdout).not.toContain(token);
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    const stored = stage.aws.world.parameters.get('/perennial/home/api/token');
    expect(JSON.stringify(stored?.versions.at(-1))).not.toContain(token);
    expect((await stage.vpn('status --json')).code).toBe(0);
    // The one before counts no more.
    expect((await stage.vpn('status --json', { PERENNIAL_TOKEN: stage.token })).stderr).toBe(
      'vpn: This is not the token. It may have been rotated since. Make a new one with "vpn token".\n',
    );
  });

  test('of the VPN on this machine is made anew, and shown if asked for', async () => {
    const { token } = await stage.ask<{ token: string }>('token --show');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await stage.ask<Status>('status')).toMatchObject({ name: 'vpn.example.org' });
  });

  test('that others can read is not used', async () => {
    chmodSync(tokenFile(), 0o640);
    const { code, stderr } = await stage.vpn('status');
    expect([code, stderr]).toEqual([
      1,
      `vpn: ${tokenFile()} can be read by others: do "chmod 600 ${tokenFile()}".\n`,
    ]);
  });

  test('is made by the first deployment, and by no later one', async () => {
    const { world, pump, api } = stage.aws;
    const file = join(stage.home, 'first.json');
    const first = () => makeFirstToken(context(), toAws(context()), api.url);
    expect([await first(), existsSync(file)]).toEqual([null, false]);
    pump.change(() => world.parameters.delete('/perennial/home/api/token'));
    expect(await first()).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), file });
    expect((await stage.vpn(`status --token-file ${file}`)).code).toBe(0);
  });

  test('goes to nobody in clear', async () => {
    const { code, stderr } = await stage.vpn('status --api http://api.example.org', {
      PERENNIAL_TOKEN: 'secret',
      XDG_CONFIG_HOME: stage.home,
    });
    expect([code, stderr]).toEqual([
      1,
      'vpn: http://api.example.org would show the token to the network: give an https address.\n',
    ]);
  });

  test('can’t be given on the command line, and neither can any other secret', () => {
    const options = [...globalOptions, ...commands.flatMap((one) => one.options ?? [])];
    const secret = /password|secret|webhook|(?<!max-)token(?!-file)|private/;
    // A flag without a value, like --private of a home's address, gives nothing away.
    const given = options.filter((one) => one.required || one.optional);
    expect(given.map(({ long }) => String(long)).filter((long) => secret.test(long))).toEqual([]);
  });
});

describe('nobody there', () => {
  const { env, home } = setHome();

  test('is said with what to do', async () => {
    expect((await runVpn('status', env)).stderr).toMatch(
      /^vpn: Where the VPN is .*"vpn token" once/,
    );
    expect((await runVpn('--local status', env)).stderr).toBe(
      'vpn: No VPN runs on this machine: start it in another terminal with "npm start".\n',
    );
    const gone = { ...env, PERENNIAL_TOKEN: 'x', PERENNIAL_API: 'http://127.0.0.1:65535' };
    const { code, stderr } = await runVpn('status', gone);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^vpn: Nobody answers at http:\/\/127\.0\.0\.1:65535 \(ECONNREFUSED\): /,
      ),
    ]);
  });

  test('a file that somebody else may have put there is not believed', async () => {
    mkdirSync(join(home, 'run/perennial'), { recursive: true });
    writeFileSync(join(home, 'elsewhere.json'), '{}', { mode: 0o600 });
    symlinkSync(join(home, 'elsewhere.json'), join(home, 'run/perennial/local.json'));
    expect((await runVpn('--local status', env)).stderr).toMatch(/is not your own: remove it/);
  });
});

test('npx starts it by the project’s own Node, whichever the machine has', async () => {
  const { env } = setHome();
  const PATH = env.PATH.split(':').filter((folder) => !folder.includes('node_modules'));
  const { stdout } = await promisify(execFile)('npx', ['--offline', 'vpn', '--help'], {
    cwd: root,
    env: { ...env, PATH: PATH.join(':') },
  });
  expect(stdout).toMatch(/^Usage: vpn /);
});

describe('what is typed wrong', () => {
  const { env } = setHome();

  test.each([
    ['frobnicate', "unknown command 'frobnicate'"],
    ['status --frobnicate', "unknown option '--frobnicate'"],
    ['users add', "missing required argument 'user'"],
    ['users ad x', '"vpn users" takes no "ad"; there are vpn users add, vpn users remove.'],
    ['status now', '"vpn status" takes no "now".'],
    ['profile ann', "required option '--for <system>' not specified"],
    ['profile ann --for dos', 'Allowed choices are windows, macos'],
    ['prices --hours 0', 'Give a whole number from 1 to 168.'],
    ['start --until later', 'Give a time like 20:00'],
    ['stop --idle 30 --until 20:00', 'Give --until or --idle, not both.'],
    ['rotate', 'Give a user or --all.'],
    ['rotate ann --out x', '--out needs --for.'],
    ['users add ann --kill-switch', '--kill-switch needs --for.'],
  ])('%s', async (line, sentence) => {
    const { code, stdout, stderr } = await runVpn(line, env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^vpn: /);
    expect(stderr).toContain(sentence);
  });

  test('and which one it is, is told', async () => {
    expect(await runVpn('--version', env)).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test('has help beside it, with options and an example', async () => {
    const { code, stdout } = await runVpn('users add --help', env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: vpn users add \[options\] <user>\n\nAdds a user, .*, once\.\n/);
    expect(stdout).toMatch(/\n {2}--for <system> +as what that system takes \(choices: "windows",/);
    expect(stdout).toMatch(/\nGlobal Options:\n {2}--json /);
    expect(stdout).toMatch(/\nExamples:\n {2}vpn users add alice +with a QR code in the terminal/);
  });
});
