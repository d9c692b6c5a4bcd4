/** Passes that write the journal at once, in every order of their calls: nothing that anybody wrote is lost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCall, toDirectClients } from '../local/direct.ts';
import { AwsFault } from '../local/fault.ts';
import type { World } from '../local/world.ts';
import { toState } from '../shared/adapters/ssm.ts';
import type { Entry } from '../shared/core/deeds.ts';
import { append, type Journal } from '../shared/core/journal.ts';
import { documentBytesMax, journalTriesMax } from '../shared/core/limits.ts';
import { emptyMemory } from '../shared/core/memory.ts';
import { readJournal, writeJournal } from '../shared/documents/state.ts';
import { record } from '../shared/record.ts';
import { a, addressOf, ago, b, minuteMs, nano, now, policy, secondMs } from './core/scene.ts';
import { setStage } from './stage.ts';
import { type Choose, inEveryOrder, inTurns, type Turns, toChoose } from './turns.ts';

const journalName = '/perennial/home/state/journal';
const empty: Journal = { memory: emptyMemory, entries: [] };
const past: Entry = { at: ago(minuteMs), kind: 'stuck', why: 'long ago' };
const toId = (index: number) => `i-${String(index).repeat(17)}`;
const launched = (index: number): Entry => ({
  at: now + index,
  kind: 'launched',
  serverId: toId(index),
  generation: index + 1,
  planned: false,
  market: 'spot',
  pool: nano,
  why: `launch ${index}`,
});
const doomed = (index: number): Entry => ({
  at: now + index,
  kind: 'doomed',
  serverId: toId(index),
  endsAt: now + 2 * minuteMs,
  market: 'on-demand',
  pool: nano,
  why: `doom ${index}`,
});

type Call = Parameters<typeof toDirectClients>[0];

/** A Parameter Store with a journal that was written before. */
function setStore(...entries: Entry[]) {
  const { world } = setStage();
  const Value = writeJournal(append(empty, entries));
  const put = { Name: journalName, Value, Type: 'String' };
  if (entries.length) world.call('ssm', 'PutParameter', put);
  const through = (call: Call) => toState(toDirectClients(call), { policy });
  return { world, through, state: through(toCall(world)) };
}

function standing(world: World): Journal {
  return readJournal(world.parameters.get(journalName)?.versions.at(-1)?.value);
}

/**
 * Each reads the journal, unless all have read it before, and then writes its entries. Answers the journal that
 * stands, and theirs.
 */
async function writeAtOnce(before: Entry[], writes: Entry[][], choose: Choose, haveRead = false) {
  const { world, through, state: early } = setStore(...before);
  const read = haveRead ? await early.readJournal(null) : null;
  const answers = await inTurns(
    writes.map((entries) => async ({ take }) => {
      const state = through(toTurns(world, take));
      const journal = read ?? (await state.read()).journal;
      return record(state, journal, entries);
    }),
    choose,
  );
  return { stands: standing(world), answers: answers.map(({ value }) => value) };
}

/** What was written under a version never changes: reading it needs no turn. */
function toTurns(world: World, take: Turns['take']): Call {
  return async (...asked) => {
    const isFixed = /:\d+$/.test((asked[2] as { Name?: string }).Name ?? '');
    return isFixed ? world.call(...asked) : take(() => world.call(...asked));
  };
}

const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

/** So many writers of a launch each: all that is written is there in the end, and each knows of its own. */
async function loseNothing(before: Entry[], count: number, choose: Choose) {
  const writes = indices(count).map((index) => [launched(index)]);
  const { stands, answers } = await writeAtOnce(before, writes, choose);
  expect(stands.entries).toEqual([...before, ...writes.flat()]);
  expect(stands.memory.launches.map(({ serverId }) => serverId).sort()).toEqual(
    indices(count).map(toId),
  );
  for (const [index, { entries }] of answers.entries())
    expect(entries).toContainEqual(launched(index));
}

describe('writers at once lose nothing:', () => {
  test.each([
    ['two', 2, 5],
    ['three', 3, 1_000],
  ])('%s, in every order', async (_, count, ordersMin) => {
    const orders = await inEveryOrder((choose) => loseNothing([past], count, choose));
    expect(orders).toBeGreaterThan(ordersMin);
  });

  test('five, in any order', async () => {
    const anyOrder = fc.array(fc.nat(59), { minLength: 1, maxLength: 40 }).map(toChoose);
    const property = fc.asyncProperty(anyOrder, (choose) => loseNothing([past], 5, choose));
    await fc.assert(property, { numRuns: 500 });
  });

  test('two that begin the journal, in every order', async () => {
    await inEveryOrder((choose) => loseNothing([], 2, choose));
  });

  test('two that learn of dooms: each is remembered, whoever carries it on', async () => {
    await inEveryOrder(async (choose) => {
      const writes = [
        [doomed(0), launched(2)],
        [doomed(1), launched(3)],
      ];
      const { stands } = await writeAtOnce([past], writes, choose);
      const dooms = [0, 1].map((index) => ({ serverId: toId(index), endsAt: now + 2 * minuteMs }));
      expect(stands.memory.dooms).toEqual(expect.arrayContaining(dooms));
    });
  });

  test('two that have read and say the same say it once', async () => {
    const again = { ...launched(0), at: now + 1, why: 'as another pass saw it' };
    await inEveryOrder(async (choose) => {
      const { stands } = await writeAtOnce([past], [[launched(0)], [again]], choose, true);
      expect(stands.entries).toHaveLength(2);
    });
  });
});

describe('one writer', () => {
  test('with nothing to say says nothing', async () => {
    const { world, state } = setStore(past);
    const known = await state.readJournal(null);
    expect(await record(state, known, [])).toBe(known);
    expect(world.parameters.get(journalName)?.versions).toHaveLength(1);
  });

  test('begins the journal', async () => {
    const { world, state } = setStore();
    const answer = await record(state, { value: empty, version: 0 }, [launched(0)]);
    expect(answer).toEqual({ value: append(empty, [launched(0)]), version: 1 });
    expect(standing(world)).toEqual(answer.value);
  });

  test('keeps the newest of what does not fit', async () => {
    const { world, state } = setStore(past);
    const many = indices(60).map(
      (index): Entry => ({ at: now + index, kind: 'stuck', why: `${index} ${'x'.repeat(90)}` }),
    );
    await record(state, await state.readJournal(null), many);
    const { entries } = standing(world);
    expect(entries).toEqual(many.slice(-entries.length));
    expect(Buffer.byteLength(writeJournal(standing(world)))).toBeLessThanOrEqual(documentBytesMax);
  });

  test('writes each move of the name, though the same was made less than a minute before', async () => {
    const { world, state } = setStore(past);
    const to = (serverId: typeof a | typeof b, at: number): Entry => ({
      at,
      kind: 'pointing',
      serverId,
      address: addressOf[serverId],
      why: `${serverId} serves: the name moves to it`,
    });
    const moves = [to(a, now), to(b, now + 10 * secondMs), to(a, now + 20 * secondMs)];
    for (const move of moves) await record(state, await state.readJournal(null), [move]);
    expect(standing(world).memory.named).toEqual({
      at: now + 20 * secondMs,
      address: addressOf[a],
      serverId: a,
    });
    expect(standing(world).entries).toEqual([past, ...moves]);
  });
});

describe('while Parameter Store has too many updates', () => {
  const refuse = (world: World, times: number) => {
    let asked = 0;
    world.setFaults((_, operation) => {
      if (operation !== 'PutParameter' || ++asked > times) return null;
      return new AwsFault('TooManyUpdates', 'There are concurrent updates for a resource.');
    });
    return () => asked;
  };

  test.each([1, 2, journalTriesMax - 1])('%d times, the writer tries again', async (times) => {
    const { world, state } = setStore(past);
    const known = await state.readJournal(null);
    refuse(world, times);
    await record(state, known, [launched(0)]);
    expect(standing(world).entries).toEqual([past, launched(0)]);
  });

  test('at the first write of all, the writer tries again', async () => {
    const { world, state } = setStore();
    refuse(world, 1);
    await record(state, { value: empty, version: 0 }, [launched(0)]);
    expect(standing(world).entries).toEqual([launched(0)]);
  });

  test('without end, the writer gives up and says so', async () => {
    const { world, state } = setStore(past);
    const known = await state.readJournal(null);
    const asked = refuse(world, Number.POSITIVE_INFINITY);
    await expect(record(state, known, [launched(0)])).rejects.toThrow(
      'by others 12 times in a row',
    );
    expect(asked()).toBe(journalTriesMax);
  });

  test('and another has written the same, the writer is content', async () => {
    const { world, state } = setStore(past);
    const known = await state.readJournal(null);
    await record(state, known, [launched(0)]);
    const asked = refuse(world, 1);
    expect((await record(state, known, [launched(0)])).version).toBe(2);
    expect(asked()).toBe(1);
  });
});

test('what a pass is about to do is written, however much there is to remember', async () => {
  const ended = (index: number): Entry => ({
    at: ago(minuteMs) + index,
    kind: 'ended',
    serverId: toId(index % 10).slice(0, -2) + String(10 + index),
    taken: null,
    explained: true,
    why: 'gone',
  });
  const { world, state } = setStore();
  const full = indices(60).map(ended);
  const known = await record(state, await state.readJournal(null), full);
  await record(state, known, [doomed(1), launched(2)]);
  expect(standing(world).entries.slice(-2)).toEqual([doomed(1), launched(2)]);
});
