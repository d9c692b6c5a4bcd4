/** The main job once, without a person: on, an interruption with the price above the cap, and recovered on demand. */
import { parseArgs, styleText } from 'node:util';
import { type LocalAws, startLocalAws } from '../local/aws.ts';
import { interrupt, isAlive, toState } from '../local/ec2/instances.ts';
import { toOutageMs } from '../local/witness.ts';
import { setAllPrices, setPower, theServer } from '../local/world-route.ts';
import { nameSettleMs } from '../shared/core/limits.ts';
import { toDollars } from '../shared/core/words.ts';
import { packageDir } from './package-dir.ts';
import { follow, type Line, toLineText, toNumber } from './story.ts';

const help = `Runs the main job once on an AWS played on this machine, with the functions as they would be deployed:
power on, serving, the name moved; then a spot interruption with the price above the cap, the replacement on
demand, serving, the name moved, the old server gone.

  npm run drill -- [--speed N] [--seed N] [--json]

  --speed N   seconds of the played world in a real one (default 20; 1 is real time, about five minutes)
  --seed N    chance: which zone, how long boots take (default 1)
  --json      the timeline and the findings as JSON

Exits 0 only if all of it came true.`;

/** Each step of the drill ends well before this, in the world's time; what takes longer has failed. */
const stepMaxMs = 10 * 60_000;

/** That it is on, that its server is taken, and that another serves. */
const messagesWanted = 3;

interface Finding {
  what: string;
  true: boolean;
}

interface Report {
  lines: Line[];
  findings: Finding[];
  interruptedAt: number;
  outageSeconds: number;
  recoveredSeconds: number;
}

async function drill(aws: LocalAws, tell: (line: Line) => void): Promise<Report> {
  const { world, pump, config, witness, slack } = aws;
  const { policy, name } = config;
  const lines: Line[] = [];
  const write = (line: Line) => {
    lines.push(line);
    tell(line);
  };
  follow(aws, write);
  const you = (what: string) => write({ at: world.timers.now, who: 'you', what });

  pump.change(() => {
    you('turn the VPN on');
    setPower(world, config, 'on');
  });
  await until(aws, `${name} points to a serving server`, witness.isUp);
  const old = theServer(aws);

  const above = policy.cap * 1.5;
  const interruptedAt = pump.change(() => {
    you(
      `raise spot to ${toDollars(above)}/h everywhere, above the cap of ${toDollars(policy.cap)}`,
    );
    setAllPrices(world, above);
    interrupt(world, old);
    return world.timers.now;
  });
  const successor = () =>
    [...world.instances.values()].find((record) => record.id !== old.id && isAlive(record));
  await until(
    aws,
    `${name} moves to another serving server`,
    () => witness.isUp() && theServer(aws).id !== old.id,
  );
  const movedAt = world.timers.now;
  await until(aws, `${old.id} is gone`, () => toState(old) === 'terminated');
  await until(aws, 'Slack was told of all of it', () => slack.messages.length >= messagesWanted);
  const restAt = world.timers.now + nameSettleMs;
  await until(aws, 'all has settled', () => world.timers.now >= restAt);

  const alive = [...world.instances.values()].filter(isAlive);
  const outageMs = toOutageMs(witness.outages, world.timers.now);
  return {
    lines,
    findings: [
      { what: `the first server, ${old.id}, ran on spot`, true: old.market === 'spot' },
      { what: 'its replacement runs on demand', true: successor()?.market === 'on-demand' },
      { what: 'the replacement serves', true: world.guests.serves(successor()?.id ?? '') },
      {
        what: `${name} points to the replacement`,
        true: world.resolve(name) === successor()?.address,
      },
      { what: 'the old server is gone, and no other is left', true: alive.length === 1 },
      { what: `${name} was never without a serving server`, true: outageMs === 0 },
      {
        what: 'Slack was told when it was on, of the incident, and when that was over, each once',
        true: slack.messages.length === messagesWanted,
      },
    ],
    interruptedAt,
    outageSeconds: outageMs / 1_000,
    recoveredSeconds: (movedAt - interruptedAt) / 1_000,
  };
}

/** Waits, looking whenever something may have changed. Rejects with what did not come true in time. */
async function until({ world, pump }: LocalAws, what: string, isTrue: () => boolean) {
  const deadline = world.timers.now + stepMaxMs;
  while (!pump.change(isTrue)) {
    if (world.timers.now > deadline)
      throw new Error(`In ${stepMaxMs / 60_000} minutes it did not come true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      speed: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const failures: string[] = [];
  const aws = await startLocalAws({
    packageDir,
    speed: toNumber('speed', values.speed, 1, 60),
    seed: toNumber('seed', values.seed, 0, 2 ** 31),
    port: 0,
    onLog: (line) => {
      if (/"level":"error"|^local:/.test(line)) failures.push(line);
    },
    onFailed: ({ responsePayload }) => failures.push(responsePayload.errorMessage),
  });
  const stop = () => void aws.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const from = aws.world.timers.now;
  try {
    const report = await drill(aws, (line) => values.json || console.log(toLineText(line, from)));
    report.findings.push({ what: 'no pass of the loop failed', true: failures.length === 0 });
    console.log(values.json ? toJson(report) : toSummary(report));
    for (const failure of failures) console.error(failure);
    return report.findings.every((finding) => finding.true) ? 0 : 1;
  } finally {
    await aws.stop();
  }
}

function toSummary({ findings, outageSeconds, recoveredSeconds }: Report): string {
  const lines = findings.map(
    (finding) =>
      `  ${finding.true ? styleText('green', '✔') : styleText('red', '✖')} ${finding.what}`,
  );
  return [
    '',
    `From AWS's notice to the name on the new server: ${recoveredSeconds.toFixed(0)} s.`,
    `Without a serving server behind the name: ${outageSeconds.toFixed(0)} s.`,
    ...lines,
  ].join('\n');
}

function toJson(report: Report): string {
  const isoLines = report.lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() }));
  const interruptedAt = new Date(report.interruptedAt).toISOString();
  return JSON.stringify({ ...report, lines: isoLines, interruptedAt }, null, 2);
}

process.exitCode = await main().catch((error: Error) => {
  console.error(`drill: ${error.message}`);
  return 2;
});
