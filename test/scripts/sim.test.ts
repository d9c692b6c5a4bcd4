/** `npm run sim` as a person uses it: options, answers, exit codes, and a way back to what broke. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, run } from './cli.ts';

const sim = (line: string) => run('sim.ts', line.split(' ').filter(Boolean));
const csv = 'data/spot-prices/us-east-1-2013-01.csv';

describe('options', () => {
  it.each([
    ['--weather mild', '--weather is one of calm, modern, 2013, storm, not "mild"'],
    ['--hours 0', '--hours is a number from 0.01 to 100000, not "0"'],
    ['--seeds many', '--seeds is a number from 1 to 1000000, not "many"'],
    ['--seeds 1.5', '--seeds is a whole number, not "1.5"'],
    [
      '--weather calm --without storms',
      '--without takes any of interruptionsPerHour, peoplePerHour, failedCommands, not "storms"',
    ],
    [
      '--weather calm --only lost',
      '--only takes any of interruptionsPerHour, peoplePerHour, failedCommands, not "lost"',
    ],
    ['--outage long', '--outage is a number from 0 to 86400, not "long"'],
    ['--prices there.csv', "there.csv can't be read (ENOENT)"],
    [
      `--prices ${csv} --zone z`,
      '--zone is one of us-east-1a, us-east-1b, us-east-1c, us-east-1d or all, not z',
    ],
    [`--prices ${csv} --cap 0`, '--cap is a number from 0.001 to 10, not "0"'],
    ['--speed 3', "Unknown option '--speed'"],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await sim(line);
    expect(stderr).toBe(`sim: ${message}\n`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('are explained', async () => {
    const { code, stdout } = await sim('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/npm run sim -- \[--weather calm\|modern\|2013\|storm\]/);
  });
});

describe('without a broken promise', () => {
  it('says so, in words, and nothing where nobody looks', async () => {
    const { code, stdout, stderr } = await sim('--weather calm --seeds 2 --hours 3 --twice');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^6 h in calm weather, 2 stories\n/);
    expect(stdout).toMatch(/ {2}available +100 %\n/);
    expect(stdout).toMatch(/ {2}always on demand +6 +\$0\.03 +\$0\.04 +\$0\.06\n/);
    expect(stdout).toMatch(/each seed told the same story twice\n.*no promise was broken\n$/);
  });

  it('says it in JSON', async () => {
    const { code, stdout } = await sim('--weather modern --seeds 2 --hours 5 --json');
    expect(code).toBe(0);
    const number = expect.any(Number) as number;
    const cost = { hours: number, instance: number, address: number, disk: number };
    const figures = {
      stories: number,
      hours: number,
      wantedHours: number,
      availability: number,
      outageSeconds: number,
      longestOutageSeconds: number,
      longestGapSeconds: number,
      longestHandedSeconds: number,
      addressMoves: number,
      interruptions: number,
      launches: number,
      passes: number,
      moves: number,
      movesInADay: number,
      persistentAvailability: number,
      dollars: { perennial: number, alwaysOnDemand: number, persistent: number },
      costs: { spot: cost, onDemand: cost, alwaysOnDemand: cost, persistent: cost },
    };
    const { places, ...report } = JSON.parse(stdout) as { places: object[] };
    expect(report).toEqual({
      ...figures,
      weather: 'modern',
      wasStopped: false,
      unequal: null,
      broken: [],
      smallest: null,
    });
    for (const place of places)
      expect(place).toEqual({ ...figures, place: expect.stringMatching(/nano.*cap \$/) as string });
  });

  it('takes the prices of a file', async () => {
    const line = `--weather calm --prices ${csv} --type m1.large --zone c --hours 10 --seed 1 --json`;
    const { code, stdout } = await sim(line);
    expect(code).toBe(0);
    const { places } = JSON.parse(stdout) as { places: { place: string }[] };
    expect(places.map(({ place }) => place)).toEqual([
      'Linux/UNIX m1.large in us-east-1c, cap $0.26',
    ]);
  });

  it('prints everything that happens', async () => {
    const { stdout } = await sim('--weather calm --seed 1 --hours 1 --trace');
    expect(stdout).toMatch(/^11-22T05:00:00\.000 Parameter Store Change /);
    expect(stdout).toMatch(/ > pointing: i-\w+ serves: the name moves to it\n/);
  });
});

describe('with a broken promise', () => {
  // Nobody promises that a storm brings no outage at all.
  const line = '--weather storm --seeds 2 --hours 10 --outage 0';

  it('exits 1, shows the smallest story, and the command that tells it again', async () => {
    const { code, stdout } = await sim(line);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ seed 1, .*: while it is on the name points to a serving server\n/);
    expect(stdout).toMatch(
      /The smallest story found that breaks it has [\d.]+ h and of all troubles /,
    );
    const again = stdout.trim().split('\n').at(-1)?.trim() ?? '';
    const [command, options] = again.split(' -- ');
    expect(command).toBe('npm run sim');
    const second = await sim(options ?? '');
    expect(second.code).toBe(1);
    expect(second.stdout).toContain('✖ seed 1, ');
  });

  it('says it in JSON', async () => {
    const { code, stdout } = await sim(`${line} --json`);
    expect(code).toBe(1);
    const { broken, smallest } = JSON.parse(stdout);
    expect(broken[0]).toEqual({
      seed: 1,
      at: expect.stringMatching(/^2026-11-22T/) as string,
      promise: 'while it is on the name points to a serving server',
      again: 'npm run sim -- --weather storm --hours 10 --seed 1 --outage 0 --trace',
    });
    expect(smallest.hours).toBeLessThan(10);
    expect(smallest.trace.length).toBeGreaterThan(0);
    expect(smallest.again).toMatch(/^npm run sim -- --weather storm --hours [\d.]+ --seed 1 /);
  });
});

it('^C prints what was found by then, and exits 130', async () => {
  const script = join(root, 'scripts/sim.ts');
  const args = [script, '--weather', 'calm', '--hours', '10', '--seeds', '100000', '--trace'];
  const child = spawn(process.execPath, args, { cwd: root });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  // A story is done.
  child.stdout.once('data', () => child.kill('SIGINT'));
  expect(await ended).toBe(130);
  expect(stdout).toMatch(/^[\d,]+ h in calm weather, [\d,]+ stories, stopped$/m);
});
