/** Real clients keep their connections when the address moves from one real server to another. */
import { afterEach, expect, test } from 'vitest';
import type { Report } from './cloud.ts';
import type { Person, Use } from './people.ts';
import { type HandoverStage, setHandover } from './stage.ts';

let stage: HandoverStage;
afterEach(() => stage?.close());

const isOver = ({ handover }: Report) => handover !== undefined;
const held = { typing: 'held', download: 'held', call: 'held' };

/** How it was for somebody from then on until all goes on, and how often a client had to begin anew by itself. */
async function measure(person: Person, deed: () => unknown) {
  const { network } = stage;
  const before = { initiations: network.initiations(), lost: (await person.mark()).lost };
  await deed();
  const use: Use = await person.goesOn();
  const found = {
    ...use,
    lost: use.lost - before.lost,
    initiations: network.initiations() - before.initiations,
    longestMs: Math.max(...Object.values(use.silenceMs)),
  };
  if (process.env.SHOW_GAPS) console.log(JSON.stringify(found));
  return found;
}

test('typing, a download and a call go on, where without a handover the client begins anew', async () => {
  stage = await setHandover();
  const { cloud, old, heir } = stage;
  const person = await stage.startPerson();
  await stage.startHeir();
  const greeted = await measure(person, () => stage.move());
  expect(greeted).toMatchObject({ state: held, initiations: 0 });
  const { handover } = await cloud.reported(heir, isOver);
  expect(handover).toMatchObject({ from: old.id, clients: 1, answered: 1 });
  // What the server tells is a part of what the client sees: the packet that showed the move was on its way before.
  expect(handover?.gapMs).toBeLessThanOrEqual(greeted.silenceMs.call ?? 0);

  // And back, with nobody who has said where the client is.
  cloud.hide(heir);
  await cloud.hasRead(old);
  const alone = await measure(person, () => stage.move(heir, old));
  expect(alone.state.call).toBe('held');
  expect(alone.initiations).toBeGreaterThan(0);
  expect(alone.longestMs).toBeGreaterThan(4 * greeted.longestMs);
  expect(alone.lost).toBeGreaterThan(4 * greeted.lost);
});

test('also when the first server died without a word, from what it said last', async () => {
  stage = await setHandover();
  const person = await stage.startPerson();
  const use = await measure(person, async () => {
    stage.killOld();
    await stage.startHeir();
    stage.move();
  });
  expect(use.state).toEqual(held);
  const { handover } = await stage.cloud.reported(stage.heir, isOver);
  expect(handover).toMatchObject({ from: stage.old.id, clients: 1, answered: 1 });
});

test('a download is taken up though its host tries again only long after the next server has come', async () => {
  stage = await setHandover();
  const person = await stage.startPerson(['download']);
  await stage.startHeir();
  stage.killOld();
  // TCP has tried again after some 13 s, in vain, and does so after as long again.
  const triedMs = 13_500;
  const silentMs = async () => (await person.read()).silenceMs.download;
  await expect.poll(silentMs, { timeout: 60_000 }).toBeGreaterThan(triedMs);
  stage.move();
  // From then on the host's next try comes through, whenever it does.
  const heir = stage.network.servers[1];
  const known = () => heir?.run('conntrack', '-L', '-p', 'tcp', '--dport', '19');
  await expect.poll(known, { interval: 500, timeout: 60_000 }).toContain('ESTABLISHED');
});

test('also when what the first server said last comes after the address', async () => {
  stage = await setHandover();
  const { cloud, old, heir } = stage;
  const person = await stage.startPerson();
  const last = cloud.hide(old);
  await stage.startHeir();
  const use = await measure(person, async () => {
    stage.move();
    await cloud.hasRead(heir);
    cloud.recall(old, last);
  });
  expect(use).toMatchObject({ state: held, initiations: 0 });
  expect((await cloud.reported(heir, isOver)).handover).toMatchObject({ clients: 1, answered: 1 });
});

test("also when the client's router has taken another port since, of which nobody knows", async () => {
  stage = await setHandover();
  const person = await stage.startPerson();
  await stage.startHeir();
  stage.cloud.hide(stage.old);
  const use = await measure(person, () => {
    stage.network.roam();
    stage.move();
  });
  expect(use).toMatchObject({ state: held, initiations: 0 });
});

test('also when it has, and that was told in time', async () => {
  stage = await setHandover();
  const { cloud, old, network } = stage;
  const person = await stage.startPerson();
  const { endpoints: before } = await cloud.reported(old, () => true);
  network.roam();
  await cloud.reported(old, ({ endpoints }) => endpoints !== before);
  await stage.startHeir();
  const use = await measure(person, () => stage.move());
  expect(use).toMatchObject({ state: held, initiations: 0 });
});

test('also when the client sleeps, and does not hear the first words', async () => {
  stage = await setHandover();
  const { cloud, heir, network } = stage;
  const person = await stage.startPerson(['typing']);
  await stage.startHeir();
  await person.pause();
  network.cutOff(true);
  stage.move();
  const { handover } = await cloud.reported(heir, isOver);
  expect(handover).toEqual(expect.objectContaining({ clients: 1, answered: 0 }));
  network.cutOff(false);
  const use = await measure(person, () => person.resume());
  expect(use).toMatchObject({ state: { typing: 'held' }, initiations: 0 });
});

test('all of a hundred clients go on, greeted at once', async () => {
  const count = 100;
  stage = await setHandover(count);
  const { cloud, heir } = stage;
  const crowd = await stage.startCrowd();
  await stage.startHeir();
  stage.move();
  const { handover } = await cloud.reported(heir, isOver);
  if (process.env.SHOW_GAPS) console.log(JSON.stringify(handover));
  expect(handover).toMatchObject({ clients: count, answered: count });
  await crowd.goesOn();
});
