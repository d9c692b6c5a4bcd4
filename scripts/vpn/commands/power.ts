/** `vpn start` and `vpn stop`: what is wanted, and waiting until it is so. */
import { Option } from 'commander';
import type { Status } from '../../../web/data/answers.ts';
import type { Caller } from '../caller.ts';
import { type Command, type Context, time, whole } from '../command.ts';
import { connect } from '../connect.ts';
import { patiently } from '../patience.ts';
import { Trouble, Usage } from '../trouble.ts';
import { toHeadline, toStatusText } from '../words/status.ts';

/** The API waits for so long at the most. */
const waitSeconds = 20;
const waitMinutes = 10;

const waiting = [
  new Option('--wait', 'until it is so'),
  new Option('--minutes <n>', 'how long to wait at the most')
    .argParser(whole(1, 60))
    .default(waitMinutes),
];

export const start: Command = {
  name: 'start',
  summary: 'Turns the VPN on',
  options: [
    ...waiting,
    new Option('--until <time>', 'then it turns off by itself').argParser(time),
  ],
  examples: [
    ['start --wait', 'and come back when it serves'],
    ['start --until 2h', 'for two hours'],
  ],
  async run(context, given) {
    const until = given.time('until', context.now());
    const wait = given.flag('wait') ? (given.number('minutes') ?? waitMinutes) : 0;
    return turn(context, '/start', { ...(until && { until }) }, wait);
  },
};

export const stop: Command = {
  name: 'stop',
  summary: 'Turns the VPN off',
  options: [
    ...waiting,
    new Option('--until <time>', 'then it turns on by itself').argParser(time),
    new Option('--idle <minutes>', 'once nobody has used it for so long').argParser(
      whole(5, 10_080),
    ),
  ],
  examples: [
    ['stop', 'now'],
    ['stop --idle 30', 'when nobody has used it for half an hour'],
    ['stop --until 07:00', 'until tomorrow morning'],
  ],
  async run(context, given) {
    const until = given.time('until', context.now());
    const afterIdleMinutes = given.number('idle');
    if (until && afterIdleMinutes !== undefined)
      throw new Usage('Give --until or --idle, not both.');
    const body = { ...(until && { until }), ...(afterIdleMinutes && { afterIdleMinutes }) };
    const wait = given.flag('wait') ? (given.number('minutes') ?? waitMinutes) : 0;
    if (wait && afterIdleMinutes) throw new Usage('Give --idle or --wait, not both.');
    return turn(context, '/stop', body, wait);
  },
};

async function turn(context: Context, path: string, body: object, wait: number) {
  const { screen } = context;
  const wanted = path === '/start' ? 'serving' : 'off';
  const seen = await screen.during('Asking for it', async (say) => {
    const caller = await connect(context);
    const taken = await caller.ask<Status>('POST', path, { body });
    const isSo = ({ state }: Status) => state === wanted;
    return wait ? waitUntil(context, caller, taken, isSo, wait, say) : taken;
  });
  screen.show(seen, toStatusText(seen));
  if (!wait && seen.state !== wanted) screen.note('See it happen with: vpn watch');
  return undefined;
}

/** Throws a Trouble that says what it is like if it is not so in time. */
export async function waitUntil(
  { signal }: Context,
  caller: Caller,
  first: Status,
  isSo: (seen: Status) => boolean,
  minutes: number,
  say: (words: string) => void,
): Promise<Status> {
  const deadline = Date.now() + minutes * 60_000;
  let seen = first;
  while (!isSo(seen)) {
    signal.throwIfAborted();
    if (Date.now() >= deadline)
      throw new Trouble(
        `It is not so after ${minutes} minutes: ${seen.plan[0] ?? seen.state}. See more with: vpn journal`,
      );
    say(seen.plan[0] ?? toHeadline(seen));
    const query = { wait: waitSeconds };
    seen = await patiently(signal, say, () => caller.ask<Status>('GET', '/status', { query }));
  }
  return seen;
}
