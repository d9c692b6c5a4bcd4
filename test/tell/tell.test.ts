/** One telling after the other, on a played Parameter Store: what is told, what waits, and what never is. */
import { describe, expect, test } from 'vitest';
import { toCall } from '../../local/direct.ts';
import { AwsFault } from '../../local/fault.ts';
import { triesMax } from '../../shared/tell/limits.ts';
import type { Delivery } from '../../shared/tell/ports.ts';
import { hourMs, minuteMs, secondMs } from '../core/scene.ts';
import { goesOn, setDesk, taken } from './desk.ts';
import { calm, incident, launched, pointing, recovered, stuck } from './journals.ts';

const begun = [...calm, incident(0)];
const over = [...begun, launched(1), pointing(50), recovered(60)];
const incidentId = '2026-11-22T05.00.00.000Z-incident';
const overId = '2026-11-22T05.00.00.000Z-recovered';
const later: Delivery = { kind: 'later', why: 'the receiver answers 503', afterMs: null };
const quiet = { told: [], dropped: [], waiting: null };

test('tells each thing once, however often it is woken', async () => {
  const { write, run, received } = await setDesk();
  write(...begun);
  expect(await run()).toEqual({ ...quiet, told: [incidentId] });
  expect(await run()).toEqual(quiet);
  write(...over);
  expect(await run(true)).toEqual({ ...quiet, told: [overId] });
  for (const isTick of [false, true, true]) expect(await run(isTick)).toEqual(quiet);
  expect(received).toEqual([taken, goesOn]);
});

test('tells what was lost from the journal since, from its history', async () => {
  const { write, run, received } = await setDesk();
  write(...begun);
  write(...over);
  write(stuck(70));
  write();
  expect((await run()).told).toHaveLength(3);
  expect(received).toEqual([taken, goesOn, 'vpn.example.org: no server can be launched just now']);
});

test('catches up with a hundred versions, a few messages a run', async () => {
  const { write, run, received } = await setDesk();
  for (let round = 0; round < 33; round++) {
    write(incident(10 * round));
    write(incident(10 * round), recovered(10 * round + 5));
    write();
  }
  const run4 = { dropped: [], waiting: expect.stringContaining('enough for one run') };
  expect(await run(true)).toMatchObject(run4);
  expect(received).toEqual([taken, goesOn, taken, goesOn]);
  for (let tick = 0; tick < 20; tick++) await run(true);
  expect(received).toHaveLength(66);
});

test('writes nothing in parameters but when there is something to tell, or on a tick', async () => {
  const { write, run, names, world } = await setDesk();
  const puts: string[] = [];
  const counting = async (...asked: Parameters<ReturnType<typeof toCall>>) => {
    if (asked[1] === 'PutParameter') puts.push(String((asked[2] as { Name: string }).Name));
    return toCall(world)(...asked);
  };
  write(...calm, launched(-5));
  await run(false, counting);
  expect(puts).toEqual([]);
  await run(true, counting);
  expect(puts).toEqual(['/perennial/home/told/bookmark']);
  await run(true, counting);
  expect(puts).toHaveLength(1);
  expect(names('told/')).toEqual(['/perennial/home/told/bookmark']);
});

describe('nobody wants to be told:', () => {
  test.each([
    ['there is no webhook', null],
    ['it is none', 'none'],
  ])('%s', async (_, webhook) => {
    const { write, run, received, put, names } = await setDesk(webhook);
    write(...begun);
    expect(await run(true)).toEqual(quiet);
    put('slack', 'https://hooks.example.org/s3cr3t', 'SecureString');
    // What happened before is not told later.
    expect(await run(true)).toEqual(quiet);
    expect(names('told/messages')).toEqual([]);
    write(...over);
    await run();
    expect(received).toEqual([goesOn]);
  });
});

describe('a receiver that fails', () => {
  test('is asked again, ever more seldom, and what comes after waits its turn', async () => {
    const { write, run, received, wait } = await setDesk();
    write(...over);
    const tries: number[] = [];
    for (let minute = 0; minute < 16; minute++) {
      await run(true, undefined, () => {
        tries.push(minute);
        return later;
      });
      wait(minuteMs);
    }
    expect(tries).toEqual([0, 1, 3, 7, 15]);
    expect(await run()).toMatchObject({ told: [], waiting: expect.stringContaining('503') });
    wait(16 * minuteMs);
    expect(await run()).toEqual({ ...quiet, told: [incidentId, overId] });
    expect(received).toEqual([taken, goesOn]);
  });

  test('is left alone for as long as it asks, and not for ever', async () => {
    const { write, run, received, wait } = await setDesk();
    write(...begun);
    await run(true, undefined, () => ({ ...later, afterMs: 5 * minuteMs }));
    wait(5 * minuteMs - secondMs);
    expect((await run(true)).told).toEqual([]);
    wait(secondMs);
    await run(true, undefined, () => ({ ...later, afterMs: 1_000 * hourMs }));
    wait(2 * hourMs);
    await run(true);
    expect(received).toEqual([taken]);
  });

  test('is given up in the end, and the next message has tries of its own', async () => {
    const { write, run, received, wait } = await setDesk();
    write(...begun);
    let tries = 0;
    const dropped: string[] = [];
    for (let round = 0; round < 11; round++) {
      const told = await run(true, undefined, () => {
        tries++;
        return later;
      });
      dropped.push(...told.dropped);
      wait(2 * hourMs);
    }
    expect(tries).toBe(triesMax);
    expect(dropped).toEqual([`${incidentId}: given up after 10 tries: the receiver answers 503`]);
    write(...over);
    await run();
    expect(received).toEqual([goesOn]);
  });

  test('whose webhook is gone is asked once for each message', async () => {
    const { write, run, received, wait } = await setDesk();
    write(...begun);
    const refused: Delivery = { kind: 'refused', why: 'the receiver answers 404' };
    expect(await run(false, undefined, () => refused)).toEqual({
      ...quiet,
      dropped: [`${incidentId}: the receiver answers 404`],
    });
    wait(hourMs);
    expect(await run(true)).toEqual(quiet);
    write(...over);
    await run();
    expect(received).toEqual([goesOn]);
  });
});

test('what is older than a day is no news', async () => {
  const { write, run, received, wait } = await setDesk();
  write(...begun);
  wait(25 * hourMs);
  write(...over, stuck(25 * 3_600));
  await run(true);
  expect(received).toEqual(['vpn.example.org: no server can be launched just now']);
});

test('forgets after some days how messages were told', async () => {
  const { write, run, wait, names } = await setDesk();
  write(...begun);
  await run(true);
  expect(names('told/messages')).toEqual([`/perennial/home/told/messages/${incidentId}/1`]);
  const tickFor = async (ms: number) => {
    for (let waited = 0; waited < ms; waited += 2 * minuteMs) {
      wait(2 * minuteMs);
      await run(true);
    }
  };
  await tickFor(70 * hourMs);
  expect(names('told/messages')).toHaveLength(1);
  await tickFor(4 * hourMs);
  expect(names('told/messages')).toEqual([]);
  expect(names('told/')).toEqual(['/perennial/home/told/bookmark']);
});

describe('begins anew at the journal as it stands', () => {
  test('when the journal was begun anew', async () => {
    const { write, run, received, world } = await setDesk();
    for (let version = 0; version < 3; version++) write(...calm);
    await run(true);
    world.call('ssm', 'DeleteParameter', { Name: '/perennial/home/state/journal' });
    write(...begun);
    await run();
    write(...begun, stuck(1));
    await run();
    expect(received).toEqual(['vpn.example.org: no server can be launched just now']);
  });

  test('when the bookmark was spoilt', async () => {
    const { write, run, received, put } = await setDesk();
    put('told/bookmark', '{"version": "first"}');
    write(...begun);
    expect(await run()).toEqual(quiet);
    write(...begun, stuck(1));
    await run();
    expect(received).toEqual(['vpn.example.org: no server can be launched just now']);
  });

  test('and before there is any', async () => {
    const { world, run, write, received } = await setDesk();
    world.parameters.delete('/perennial/home/state/journal');
    world.parameters.delete('/perennial/home/told/bookmark');
    expect(await run(true)).toEqual(quiet);
    write(...calm);
    await run();
    expect(received).toEqual(['vpn.example.org is on']);
  });
});

test('a claim whose answer was lost, and which the SDK made again, is its own', async () => {
  const { write, run, received, world } = await setDesk();
  write(...begun);
  const call = toCall(world);
  await run(false, async (...asked) => {
    const { Name } = asked[2] as { Name: string };
    if (asked[1] === 'PutParameter' && Name.includes('/messages/')) await call(...asked);
    return call(...asked);
  });
  expect(received).toEqual([taken]);
});

test('a try that somebody has spoilt is not made again', async () => {
  const { write, run, received, put } = await setDesk();
  write(...begun);
  put(`told/messages/${incidentId}/1`, 'spoilt');
  expect(await run(true)).toEqual(quiet);
  expect(received).toEqual([]);
});

test('a fault of Parameter Store goes out, so that Lambda tries again', async () => {
  const { write, run, received, world } = await setDesk();
  write(...begun);
  world.setFaults(() => new AwsFault('InternalServerError', 'because', 500));
  await expect(run()).rejects.toMatchObject({ name: 'InternalServerError' });
  world.setFaults(() => null);
  await run();
  expect(received).toEqual([taken]);
});
