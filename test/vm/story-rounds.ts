/** The whole VPN in virtual machines, as rounds of interruptions see it. */
import { type Answer, isCalm, tunnelStreams } from '../cutover/answers.ts';
import type { Stage, Way } from '../cutover/rounds.ts';
import type { Person } from './people.ts';
import { callByWireGuard, dialByPptp, type Login } from './story-people.ts';
import type { StoryStage } from './story-stage.ts';

/** Of the played world, while nothing has to be real; the loop's work takes its own time in between. */
const fastSpeed = 3_600;
/** In the packaged configuration there are nine pools of spot, and twelve launches in an hour. */
const restEvery = 10;
/** Servers report each minute of the time that passes. */
const reportMs = 60_000;
const streams = [...tunnelStreams, 'asking'] as const;
/** What somebody would look at whose connection is gone. */
const tunnelState = 'wg show wg0 endpoints; wg show wg0 latest-handshakes; date +%s; ss -tno';
const dialState = 'tail -n 60 /run/people/ann/said; ip route; ss -tanp; ps -ef | grep -E "pp[pt]"';

export interface People {
  answers: Answer[];
  wireguard: Person;
  pptp: Person;
}

/** The VPN is on when it comes back. */
export async function turnOn({ ask, until, current }: StoryStage): Promise<void> {
  await ask('POST', '/start');
  await until('a server serves behind the name', () => current() !== null);
}

/** Two users, connected by what the API gives out; everything comes and goes when it comes back. */
export async function connect(story: StoryStage, way: Way = 'handover'): Promise<People> {
  const answers: Answer[] = [];
  const add = (name: string) => story.ask('POST', '/users', { name }) as Promise<Login>;
  const [ann, wim] = [await add('ann'), await add('wim')];
  const { files } = (await story.ask('GET', '/users/ann/profile?for=ubuntu')) as {
    files: { name: string; content: string }[];
  };
  const profile = files.find(({ name }) => name.endsWith('.peer'));
  if (!profile)
    throw new Error(
      `There is no profile for pppd among ${files.map(({ name }) => name).join(', ')}`,
    );
  const name = way === 'name' ? story.aws.config.name : '';
  const wireguard = await callByWireGuard(story, wim, answers, name);
  const pptp = await dialByPptp(story, ann, profile.content, answers);
  try {
    await story.until('everything comes and goes', () => isCalm(answers, streams, Date.now()));
  } catch (error) {
    const seen = streams.map((one) => answers.filter(({ stream }) => stream === one).length);
    const { output } = await pptp.run('tail -n 30 /run/people/ann/said');
    throw new Error(`${seen.join(', ')}\n${output}`, { cause: error });
  }
  return { answers, wireguard, pptp };
}

export function toStage(story: StoryStage, { answers, wireguard, pptp }: People): Stage {
  const { aws, alive, current, close } = story;
  const until = async (what: string, isSo: () => boolean, limitMs?: number) => {
    try {
      await story.until(what, isSo, limitMs);
    } catch (error) {
      const silent = streams.filter((one) => !isCalm(answers, [one], Date.now()));
      const said = [await wireguard.run(tunnelState), await pptp.run(dialState)];
      const texts = said.map(({ output }) => output);
      throw new Error(`Silent: ${silent.join(', ')}\n${texts.join('\n')}`, { cause: error });
    }
  };
  const { world, clock, pump } = aws;
  const prefix = `/perennial/${aws.config.policy.vpn}/state/servers/`;

  /** Real servers go by real time: what they have reported a moment ago they report in the fast time as well. */
  function repeatReports(end: number): void {
    for (const [Name, { versions }] of world.parameters) {
      const Value = versions.at(-1)?.value;
      if (Name.startsWith(prefix))
        world.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
    }
    if (world.timers.now < end) world.timers.after(reportMs, () => repeatReports(end));
  }
  async function passTo(end: number): Promise<void> {
    pump.change(() => repeatReports(end));
    clock.go(fastSpeed);
    try {
      await until('time passes', () => clock.now() >= end);
    } finally {
      clock.go(1);
    }
  }
  let isPassing = false;
  return {
    world,
    change: pump.change,
    streams,
    answers,
    alive,
    current,
    knowsClients({ id }) {
      const text = world.parameters.get(`${prefix}${id}`)?.versions.at(-1)?.value;
      return Boolean(text && (JSON.parse(text) as { endpoints: string }).endpoints);
    },
    /** Once all are with the next server the rest of the two minutes is of no interest. */
    hurry() {
      const ends = alive().flatMap(({ takenAt }) => takenAt ?? []);
      if (isPassing || ends.length === 0 || !isCalm(answers, streams, Date.now())) return;
      isPassing = true;
      // What goes wrong meanwhile the next wait says.
      passTo(Math.max(...ends))
        .catch(() => undefined)
        .finally(() => {
          isPassing = false;
        });
    },
    restEvery,
    rest: (ms) => passTo(clock.now() + ms),
    until,
    close,
  };
}
