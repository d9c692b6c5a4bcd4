/** Wrong tokens: one message a wave, whatever else happens, and none of a mistake. */
import { expect, test } from 'vitest';
import { type Attempts, addAttempt } from '../../shared/core/attempts.ts';
import { writeAccess } from '../../shared/documents/access.ts';
import type { SlackMessage } from '../../shared/tell/message.ts';
import type { Delivery } from '../../shared/tell/ports.ts';
import { hourMs, minuteMs, secondMs } from '../core/scene.ts';
import { type Desk, goesOn, setDesk, taken } from './desk.ts';
import { calm, incident, launched, pointing, recovered } from './journals.ts';

const title = 'vpn.example.org: somebody signs in with wrong tokens';
const quiet = { told: [], dropped: [], waiting: null };
const later: Delivery = { kind: 'later', why: 'the receiver answers 503', afterMs: null };

/** So many wrong tokens, a second apart, each followed by a run as its change wakes one. */
function setGuesser(desk: Desk) {
  let attempts: Attempts | null = null;
  return async (count: number, from = '203.0.113.5', receive = desk.receive) => {
    for (let one = 0; one < count; one++) {
      desk.wait(secondMs);
      attempts = addAttempt(attempts, from, desk.world.timers.now);
      desk.put('api/attempts', writeAccess(attempts));
      await desk.run(false, undefined, receive);
    }
  };
}

test('a mistake or two, or three, are told to nobody', async () => {
  const desk = await setDesk();
  const guess = setGuesser(desk);
  await guess(3);
  await guess(3, '203.0.113.6');
  await desk.run(true);
  expect(desk.received).toEqual([]);
});

test('a wave is told once, however long it goes on and from wherever', async () => {
  const desk = await setDesk();
  const guess = setGuesser(desk);
  const messages: SlackMessage[] = [];
  const keep: Desk['receive'] = (message) => {
    messages.push(message);
    return { kind: 'taken' };
  };
  await guess(3, '203.0.113.6', keep);
  await guess(60, '203.0.113.5', keep);
  for (let host = 0; host < 30; host++) await guess(1, `198.51.100.${host}`, keep);
  for (let tick = 0; tick < 60; tick++) {
    desk.wait(2 * minuteMs);
    await desk.run(true, undefined, keep);
  }
  expect(messages.map(({ text }) => text.split('\n').slice(0, 2))).toEqual([
    [title, '7 since 05:00:01 UTC, from 203.0.113.5, 203.0.113.6'],
  ]);
});

test('many sources at once are named by a few', async () => {
  const desk = await setDesk();
  const guess = setGuesser(desk);
  const texts: string[] = [];
  for (let host = 0; host < 21; host++)
    await guess(1, `198.51.100.${host}`, ({ text }) => {
      texts.push(text);
      return { kind: 'taken' };
    });
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain(
    '21 since 05:00:01 UTC, from 198.51.100.20, 198.51.100.19, 198.51.100.18 and 17 more\n',
  );
});

test('the next wave is told again', async () => {
  const desk = await setDesk();
  const guess = setGuesser(desk);
  await guess(10);
  desk.wait(hourMs);
  await guess(10);
  expect(desk.received).toEqual([title, title]);
});

test('a receiver that fails is asked again, and keeps nothing else waiting', async () => {
  const desk = await setDesk();
  const guess = setGuesser(desk);
  await guess(4, '203.0.113.5', () => later);
  desk.write(...calm, incident(0), launched(1), pointing(50), recovered(60));
  await desk.run();
  expect(desk.received).toEqual([taken, goesOn]);
  desk.wait(2 * minuteMs);
  expect(await desk.run(true)).toMatchObject({ waiting: null });
  expect(desk.received).toEqual([taken, goesOn, title]);
  expect(await desk.run(true)).toEqual(quiet);
});

test('two that are woken by it at once tell it once', async () => {
  const desk = await setDesk();
  await setGuesser(desk)(3);
  const wave = [1, 2, 3, 4].reduce<Attempts | null>(
    (known) => addAttempt(known, '203.0.113.5', desk.world.timers.now),
    null,
  );
  desk.put('api/attempts', wave ? writeAccess(wave) : '');
  await Promise.all([desk.run(), desk.run(true), desk.run()]);
  expect(desk.received).toEqual([title]);
});

test('is not told without a webhook, nor of a count that somebody has spoilt', async () => {
  const silent = await setDesk(null);
  await setGuesser(silent)(10);
  expect(silent.names('told/messages')).toEqual([]);
  const desk = await setDesk();
  desk.put('api/attempts', '{"since": "now"}');
  expect(await desk.run(true)).toEqual(quiet);
});
