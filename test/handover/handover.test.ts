/** Real clients keep their connections when the address moves from one real server to another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HandoverStage, type Report, setHandover } from './stage.ts';

let stage: HandoverStage;
beforeEach(async () => {
  stage = await setHandover();
  await stage.reported(stage.old, ({ endpoints }) => 'ann' in endpoints);
});
afterEach(() => stage.close());

/** A packet of the call every twentieth of a second: so many are a second. */
const second = 50;
const held = { typed: 'held', download: 'held' };
const isOver = ({ handover }: Report) => handover !== undefined;

/** The second server serves, and has read what it can know of the first one's clients. */
async function startHeir() {
  stage.startHeir();
  await stage.reported(stage.heir, ({ serving }) => serving.wireguard);
  await sleep(2_000);
}

test('typing, a download and a call go on, and less than a second is lost', async () => {
  await startHeir();
  stage.move();
  const { handover } = await stage.reported(stage.heir, isOver);
  await sleep(1_000);
  const use = await stage.use();
  expect(handover).toMatchObject({ from: stage.old.id, clients: 1, answered: 1 });
  expect(handover?.gapMs).toBeLessThan(1_000);
  expect(use).toMatchObject(held);
  expect(use.lost).toBeLessThan(second);
});

test('also when the first server died without a word, from what it said last', async () => {
  stage.killOld();
  await startHeir();
  stage.move();
  const { handover } = await stage.reported(stage.heir, isOver);
  await sleep(2_000);
  expect(handover).toMatchObject({ clients: 1, answered: 1 });
  expect(handover?.gapMs).toBeLessThan(1_000);
  expect(await stage.use()).toMatchObject(held);
});

test("also when the client's router has taken another port since", async () => {
  await startHeir();
  stage.forgetReports();
  stage.network.roam();
  stage.move();
  await stage.reported(stage.heir, isOver);
  await sleep(1_000);
  const use = await stage.use();
  expect(use).toMatchObject(held);
  expect(use.lost).toBeLessThan(2 * second);
});

test('and without a handover only when the client begins anew by itself', async () => {
  stage.forgetReports();
  await startHeir();
  stage.move();
  await sleep(20_000);
  const use = await stage.use();
  expect(use.gapMs.call).toBeGreaterThan(5_000);
  expect(use.lost).toBeGreaterThan(5 * second);
});
