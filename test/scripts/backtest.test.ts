/** `npm run backtest` as a person uses it, on the shipped prices and on what the aws CLI prints. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseXml } from '../../local/wire/xml.ts';
import { run } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'backtest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const csv = 'data/spot-prices/us-east-1-2013-01.csv';
const backtest = (...args: string[]) => run('backtest.ts', args);

const suse = [csv, '--product', 'SUSE Linux', '--type', 't1.micro', '--zone', 'c'];

interface Report {
  product: string;
  pools: { type: string; zone: string }[];
  hours: number;
  cap: number;
  onDemand: number;
  ways: { what: string; available: number; cost: { instance: number }; dollars: number }[];
  spans: { from: string; to: string; by: { market: string } | null }[];
}

describe('on the prices of the how-to, with the cap at on demand', () => {
  it('says what each way would have cost, and how long it was up', async () => {
    const { code, stdout } = await backtest(...suse, '--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Report;
    const { product, pools, cap, onDemand } = report;
    expect({ product, pools, cap, onDemand }).toEqual({
      product: 'SUSE Linux',
      pools: [{ type: 't1.micro', zone: 'us-east-1c' }],
      cap: 0.03,
      onDemand: 0.03,
    });
    const [request, always, perennial] = report.ways;
    expect([request, always, perennial].map((way) => way?.what)).toEqual([
      'persistent spot request',
      'always on demand',
      'Perennial',
    ]);
    expect(request?.cost.instance).toBeCloseTo(2.16, 2);
    expect(always?.cost.instance).toBeCloseTo(11.11, 2);
    expect(request?.available).toBeCloseTo(0.9666, 3);
    expect(perennial?.available).toBe(1);
    expect(perennial?.dollars).toBeLessThan((always?.dollars ?? 0) / 2);
    const markets = report.spans.flatMap(({ by }) => by?.market ?? []);
    expect(markets).toContain('on-demand');
    expect(markets[0]).toBe('spot');
  });

  it('says it in words, and draws the picture', async () => {
    const svg = join(folder, 'suse.svg');
    const { code, stdout } = await backtest(...suse, '--svg', svg);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SUSE Linux t1\.micro in us-east-1c, 2012-12-31 to 2013-01-15\n/);
    expect(stdout).toMatch(/ {2}persistent spot request +358 +96\.66\d %/);
    expect(stdout).toMatch(/ {2}Perennial +37\d +100 %/);
    expect(stdout.endsWith(`The picture is in ${svg}\n`)).toBe(true);
    // The parser for AWS's XML knows no attributes but namespaces.
    const root = parseXml(readFileSync(svg, 'utf8').replace(/ (?!xmlns)[\w-]+="[^"<]*"/g, ''));
    expect(root?.name).toBe('svg');
    expect(root?.children.map(({ name }) => name)).toContain('desc');
  });
});

describe('on what the aws CLI prints', () => {
  const price = (day: number, zone: string, SpotPrice: string) => ({
    AvailabilityZone: zone,
    InstanceType: 't3.nano',
    ProductDescription: 'Linux/UNIX',
    SpotPrice,
    Timestamp: `2026-11-0${day}T00:00:00+00:00`,
  });
  const zones = ['eu-central-1a', 'eu-central-1b'];
  const days = [1, 2, 3, 4].flatMap((day) =>
    zones.map((zone) => price(day, zone, `0.00${day}600`)),
  );
  const file = join(folder, 'prices.json');
  writeFileSync(file, JSON.stringify({ SpotPriceHistory: days.toReversed() }, null, 4));

  it('asks what on demand costs in another region', async () => {
    expect(await backtest(file)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'backtest: What t3.nano (Linux/UNIX) costs on demand in eu-central-1a is not known here: say it with --on-demand\n',
    });
  });

  it('and takes it from an option, like the cap', async () => {
    const options = ['--on-demand', '0.006', '--cap', '0.003', '--json'];
    const { code, stdout } = await backtest(file, ...options);
    expect(code).toBe(0);
    const { hours, cap, onDemand, pools, spans } = JSON.parse(stdout) as Report;
    expect({ hours, cap, onDemand, pools }).toEqual({
      hours: 72,
      cap: 0.003,
      onDemand: 0.006,
      pools: zones.map((zone) => ({ type: 't3.nano', zone })),
    });
    expect(spans.at(-1)?.by?.market).toBe('on-demand');
  });
});

describe('says what is wrong', () => {
  const broken = join(folder, 'broken.csv');
  const head = 'timestamp,availability_zone,instance_type,product,usd_per_hour';
  writeFileSync(broken, `${head}\nnow,us-east-1a,t3.nano,Linux/UNIX,0.1\n2013,here,it,that,much\n`);

  it.each<[string[], string]>([
    [[], 'Name one file of prices; see --help'],
    [[csv, csv], 'Name one file of prices; see --help'],
    [['no.csv'], "no.csv can't be read (ENOENT)"],
    [
      [broken],
      `${broken}: line 2: "now" is no time like 2013-01-01T00:00:00Z\n  line 3: "2013" is no time like 2013-01-01T00:00:00Z`,
    ],
    [
      [csv, '--type', 't3.nano'],
      '--type is one of c1.medium, m1.large, m1.medium, m1.small, t1.micro, not t3.nano',
    ],
    [
      [csv, '--zone', 'us-west-2a'],
      '--zone is one of us-east-1a, us-east-1b, us-east-1c, us-east-1d or all, not us-west-2a',
    ],
    [
      [csv, '--product', 'Windows'],
      `${csv}: there are no prices of "Windows", only of Linux/UNIX, SUSE Linux`,
    ],
    [[csv, '--cap', 'much'], '--cap is a number from 0.001 to 10, not "much"'],
    [[csv, '--draw'], "Unknown option '--draw'"],
  ])('%j', async (args, message) => {
    const { code, stderr } = await backtest(...args);
    expect(stderr.split('. To specify')[0]?.trimEnd()).toBe(`backtest: ${message}`);
    expect(code).toBe(2);
  });

  it('and explains itself', async () => {
    const { code, stdout } = await backtest('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('npm run backtest -- FILE [options]');
  });
});
