/**
 * The how-to's whole story with nothing played but AWS: it takes one server without a word, and the next with notice,
 * when its price passes the cap. Somebody is connected by WireGuard, and somebody by PPTP.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { interrupt } from '../../local/ec2/instances.ts';
import { setAllPrices } from '../../local/world-route.ts';
import { toLineText } from '../../scripts/story.ts';
import type { Journal } from '../../web/data/answers.ts';
import { tunnelStreams } from '../cutover/answers.ts';
import { type Round, runRound, type Stage } from '../cutover/rounds.ts';
import { webAddress } from './network.ts';
import { connect, type People, toStage, turnOn } from './story-rounds.ts';
import { type StoryStage, setStory } from './story-stage.ts';

const storyMs = 25 * 60_000;
let story: StoryStage;
let people: People;
let stage: Stage;
const startedAt = Date.now();
const elapsed = (from: number) => `${Math.round((Date.now() - from) / 1_000)} s`;
const say = (what: string) =>
  console.log(toLineText({ at: Date.now(), who: 'you', what }, startedAt));

beforeAll(async () => {
  story = await setStory((line) => console.log(toLineText(line, startedAt)));
}, storyMs);
afterAll(() => story?.close(), storyMs);

test(
  'a machine boots with what EC2 gives it, serves, and the name moves to it',
  async () => {
    const from = Date.now();
    await turnOn(story);
    say(`the VPN serves after ${elapsed(from)}`);
    expect(story.current()).toMatchObject({ market: 'spot' });
  },
  storyMs,
);

test(
  'somebody connects by WireGuard, somebody dials by PPTP, and both read a page through it',
  async () => {
    people = await connect(story);
    stage = toStage(story, people);
    const address = story.current()?.address;
    for (const { must } of [people.wireguard, people.pptp])
      expect(await must(`curl -sS -m 30 ${webAddress}`)).toBe(address);
  },
  storyMs,
);

test(
  'AWS takes the server without a word: all go on with the next one, and no connection of WireGuard breaks',
  async () => {
    await expectNoLoss(await runRound(stage, 'handover', false));
    expect(story.current()).toMatchObject({ market: 'spot' });
  },
  storyMs,
);

test(
  'the price passes the cap, AWS gives notice, and the next server is the first to speak',
  async () => {
    const { world, config } = story.aws;
    const round = await runRound(stage, 'handover', true, (server, inMs) => {
      setAllPrices(world, config.policy.cap * 1.5);
      interrupt(world, server, inMs);
    });
    await expectNoLoss(round);
    expect(story.current()).toMatchObject({ market: 'on-demand' });
    await story.until('it has met the client', async () => {
      const { entries } = (await story.ask('GET', '/journal')) as Journal;
      const met = `1 of 1 WireGuard clients go on with ${story.current()?.id} after `;
      return entries.some(({ kind, why }) => kind === 'handed' && why.startsWith(met));
    });
  },
  storyMs,
);

async function expectNoLoss({ noticed, movedMs, gapMs, callLost, connectionsLost, pptp }: Round) {
  const seconds = (ms = 0) => `${(ms / 1_000).toFixed(2)} s`;
  const each = tunnelStreams.map((stream) => `${stream} ${seconds(gapMs[stream])}`);
  say(`from AWS's word to the next server: ${seconds(movedMs)}`);
  say(`WireGuard was silent for: ${each.join(', ')}; ${callLost} packets of the call were lost`);
  say(
    `PPTP was silent for ${seconds(pptp?.gapMs)}; ${pptp?.beside} answers came beside the tunnel`,
  );
  const { output } = await people.pptp.run('cat /run/people/ann/said');
  if (process.env.SHOW_LOG) console.log(output);
  if (noticed)
    say(
      `PPTP's tunnel was ended by ${output.includes('LCP terminated by peer') ? 'the server' : 'echoes that stayed out'}`,
    );
  expect(connectionsLost).toBe(0);
}
