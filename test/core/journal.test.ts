/** The journal: what is appended, what passes at once add to each other's, and what has to go to make it fit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/core/deeds.ts';
import {
  append,
  type Journal,
  missing,
  toIdentity,
  trim,
  writtenSince,
} from '../../shared/core/journal.ts';
import { atOnceMs, documentBytesMax, restlessInterruptions } from '../../shared/core/limits.ts';
import { emptyMemory, remember } from '../../shared/core/memory.ts';
import type { Memory } from '../../shared/core/remembered.ts';
import { writeJournal } from '../../shared/documents/state.ts';
import { anyEntry } from './entries.ts';
import { a, addressOf, ago, b, minuteMs, nano, nanoB, now } from './scene.ts';

const empty: Journal = { memory: emptyMemory, entries: [] };
const toJournal = (...entries: Entry[]) => append(empty, entries);
const stuck = (why: string, at = now): Entry => ({ at, kind: 'stuck', why });
const past = stuck('long ago', ago(minuteMs));

const spot = { market: 'spot', pool: nano } as const;
const launched = {
  at: now,
  kind: 'launched',
  serverId: a,
  generation: 1,
  planned: false,
  ...spot,
  why: 'new',
} as const;
const refused = {
  at: now,
  kind: 'refused',
  generation: 1,
  attempt: 0,
  code: 'UnfulfillableCapacity',
  ...spot,
  why: 'full',
} as const;

/** More than fits. */
const wordy = Array.from({ length: 40 }, (_, index) =>
  stuck(`${'ü€'.repeat(25)} ${index}`, now - 40 + index),
);

test('append puts entries into the memory, and in the order of their times', () => {
  const journal = append(append(empty, [past]), [refused, launched]);
  expect(journal.entries).toEqual([past, refused, launched]);
  expect(append(toJournal(refused, launched), [past]).entries).toEqual([past, refused, launched]);
  expect(journal.memory).toEqual([past, refused, launched].reduce(remember, emptyMemory));
});

describe('passes that write at once', () => {
  const base = toJournal(past);

  test('add what the journal that stands lacks, in the order of time, to the memory too', () => {
    const theirs = append(base, [stuck('theirs', now + 1)]);
    const added = missing([launched, stuck('ours', now + 2)], theirs, base);
    const merged = append(theirs, added);
    expect(merged.entries).toEqual([
      past,
      launched,
      stuck('theirs', now + 1),
      stuck('ours', now + 2),
    ]);
    expect(merged.memory).toMatchObject({ generation: 1, stuck: 'ours' });
  });

  test('lack nothing of what stands there in so many words', () => {
    const journal = append(base, [launched, refused]);
    expect(missing(journal.entries, journal, base)).toEqual([]);
    expect(missing(journal.entries, journal, journal)).toEqual([]);
  });

  test('know what others have written since', () => {
    expect(writtenSince(base, append(base, [launched, refused]))).toEqual([launched, refused]);
    expect(writtenSince(base, base)).toEqual([]);
    const same = { ...launched, at: past.at };
    expect(writtenSince(base, append(base, [same]))).toEqual([same]);
    expect(writtenSince(empty, toJournal(past, launched))).toEqual([past, launched]);
  });

  test('leave alone what the journal that they read, being full, had let go of', () => {
    const full = toJournal(...wordy);
    const read = trim(append(full, [launched]), writeJournal, 1);
    expect(read.entries.length).toBeLessThan(wordy.length);
    expect(writtenSince(read, full)).toEqual([]);
    expect(writtenSince(read, append(full, [refused]))).toEqual([refused]);
  });

  const parking = { at: now, kind: 'parking', serverId: null, why: 'off' } as const;
  const ended = {
    at: now,
    kind: 'ended',
    serverId: a,
    taken: null,
    explained: true,
    why: 'gone',
  } as const;
  const retiring = { at: now, kind: 'retiring', serverId: a, why: 'The VPN is off' } as const;
  const risky = { at: now, kind: 'risky', serverId: a, cause: 'rebalance', why: 'AWS' } as const;
  const incident = { at: now, kind: 'incident', serverId: a, lostAt: null, why: 'gone' } as const;
  const removing: Entry = {
    at: now,
    kind: 'removing',
    stray: { kind: 'volume', id: 'v' },
    why: 'v',
  };
  const recovered: Entry = {
    at: now,
    kind: 'recovered',
    serverId: b,
    outageMs: 0,
    why: 'b serves',
  };
  const launching: Entry = { ...refused, kind: 'launching' };
  const doomed: Entry = { ...launched, kind: 'doomed', endsAt: now };
  const again = <E extends Entry>(entry: E): E => ({ ...entry, at: now + 1 });
  const otherwise = <E extends Entry>(entry: E): E => ({
    ...again(entry),
    why: 'as others saw it',
  });
  const twice: [what: string, one: Entry, same: Entry][] = [
    ['launch', launched, otherwise(launched)],
    ['refusal', refused, otherwise(refused)],
    ['request', launching, otherwise(launching)],
    ['doom', doomed, otherwise(doomed)],
    ['risk', risky, otherwise(risky)],
    ['end', ended, otherwise(ended)],
    ['retirement', retiring, otherwise(retiring)],
    ['incident', incident, { ...otherwise(incident), lostAt: now }],
    ['recovery', recovered, again(recovered)],
    ['stray', removing, again(removing)],
    ['move of the name', parking, again(parking)],
    ['trouble', stuck('no luck'), again(stuck('no luck'))],
  ];
  test.each(twice)('write the same %s once', (_, one, same) => {
    expect(missing([same], append(base, [one]), base)).toEqual([]);
    expect(missing([one], append(base, [same]), base)).toEqual([]);
    expect(toIdentity(one)).toBe(toIdentity(same));
  });

  test.each(twice)('write a %s again that was written before they read', (_, one, same) => {
    const read = append(base, [one]);
    const later = { ...same, at: now + atOnceMs + 1 };
    expect(missing([later], append(read, [stuck('theirs')]), read)).toEqual([later]);
  });

  test.each(twice)('carry no %s on that was said at the same time', (_, one, same) => {
    const read = append(base, [one]);
    expect(missing([same], read, read)).toEqual([]);
    expect(missing([{ ...same, at: now + atOnceMs }], read, read)).toEqual([]);
  });

  test('end an incident once, whatever each of them takes the outage to have been', () => {
    const other: Entry = { ...again(recovered), serverId: a, outageMs: 9, why: 'a serves' };
    expect(missing([other], append(base, [recovered]), base)).toEqual([]);
  });

  const different: [what: string, one: Entry, other: Entry][] = [
    ['launches of two servers', launched, { ...launched, serverId: b }],
    ['refusals of two attempts', refused, { ...again(refused), attempt: 1 }],
    ['refusals by two pools', refused, { ...again(refused), pool: nanoB }],
    ['refusals of two launches', refused, { ...again(refused), generation: 2 }],
    ['a launch and its end', launched, ended],
    ['an end and its reason', { ...ended, explained: false }, again(ended)],
    ['a risk and a doom', risky, doomed],
    ['moves of the name for other reasons', parking, { ...parking, why: 'other' }],
    ['moves of the name away from two servers', parking, { ...again(parking), serverId: b }],
    ['servers retired at one moment for one reason', retiring, { ...retiring, serverId: b }],
    ['servers ended at one moment for one reason', ended, { ...ended, serverId: b }],
  ];
  test.each(different)('keep two %s apart', (_, one, other) => {
    expect(missing([other], append(base, [one]), base)).toEqual([other]);
    expect(missing([one], append(base, [other]), base)).toEqual([one]);
  });

  const later = (entry: Entry, index: number): Entry => ({
    ...entry,
    at: now + index,
    why: `entry ${index}`,
  });
  const some = fc.array(anyEntry, { maxLength: 10 });

  test('lose nothing, whatever each of them has to say', () => {
    fc.assert(
      fc.property(some, some, (left, right) => {
        const ours = left.map(later);
        const theirs = append(
          base,
          right.map((entry, index) => later(entry, index + 100)),
        );
        const merged = append(theirs, missing(ours, theirs, base));
        for (const entry of [past, ...ours, ...theirs.entries])
          expect(merged.entries.map(toIdentity)).toContain(toIdentity(entry));
        for (const entry of theirs.entries) expect(merged.entries).toContainEqual(entry);
        expect(missing(ours, merged, base)).toEqual([]);
        expect(merged.entries.map(({ at }) => at)).toEqual(
          merged.entries.map(({ at }) => at).toSorted((x, y) => x - y),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('trimmed', () => {
  const bytes = (journal: Journal) => Buffer.byteLength(writeJournal(journal));
  /** More than fits. */
  const holds: Memory['holds'] = Array.from({ length: 60 }, (_, index) => ({
    market: 'spot',
    ...nano,
    until: now + ((index * 7) % 60) * minuteMs,
    code: 'InsufficientInstanceCapacity',
    times: 1,
  }));

  test('a journal that fits stays as it is', () => {
    const journal = toJournal(past, launched);
    expect(trim(journal, writeJournal, 1)).toEqual(journal);
  });

  test('to the byte: one that just fits stays, one byte more costs the oldest entry', () => {
    const journal = (length: number) =>
      toJournal(past, { at: now, kind: 'parking', serverId: null, why: 'x'.repeat(length) });
    const room = documentBytesMax - bytes(journal(0));
    expect(trim(journal(room), writeJournal, 1)).toEqual(journal(room));
    expect(trim(journal(room + 1), writeJournal, 1).entries).toHaveLength(1);
  });

  test('any journal fits, has the newest entries, and all its memory', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 60 }), (entries) => {
        const journal = toJournal(...entries);
        const trimmed = trim(journal, writeJournal, 1);
        expect(bytes(trimmed)).toBeLessThanOrEqual(documentBytesMax);
        expect(trimmed.entries.length).toBeGreaterThan(0);
        expect(trimmed.entries).toEqual(journal.entries.slice(-trimmed.entries.length));
        expect({ ...trimmed.memory, holds: [] }).toEqual({ ...journal.memory, holds: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('what was said at one moment goes together, so that nobody carries half of it on', () => {
    const pairs = wordy.map((entry, index) => ({ ...entry, at: now - 40 + (index >> 1) }));
    const full = toJournal(...pairs);
    const trimmed = trim(append(full, [launched]), writeJournal, 1);
    expect(trimmed.entries[0]?.at).not.toBe(pairs.at(-trimmed.entries.length)?.at);
    expect(writtenSince(trimmed, full)).toEqual([]);
  });

  test('bytes count, not characters', () => {
    const trimmed = trim(toJournal(...wordy), writeJournal, 1);
    expect(bytes(trimmed)).toBeLessThanOrEqual(documentBytesMax);
    expect(bytes(trimmed)).toBeGreaterThan(documentBytesMax - 300);
    expect(trimmed.entries.at(-1)).toEqual(wordy.at(-1));
  });

  test('when the last entry is alone the holds that end first go', () => {
    const trimmed = trim(
      { memory: { ...emptyMemory, holds }, entries: [past, launched] },
      writeJournal,
      1,
    );
    expect(bytes(trimmed)).toBeLessThanOrEqual(documentBytesMax);
    expect(trimmed.entries).toEqual([launched]);
    const untils = (list: Memory['holds']) => list.map(({ until }) => until).sort((x, y) => x - y);
    const kept = untils(trimmed.memory.holds);
    expect(kept).toEqual(untils(holds).slice(-kept.length));
    expect(kept.length).toBeGreaterThan(20);
  });

  test('what has just been said stays as long as there is a hold or a fact to let go of', () => {
    const journal = { memory: { ...emptyMemory, holds }, entries: [past, refused, launched] };
    const trimmed = trim(journal, writeJournal, 2);
    expect(trimmed.entries).toEqual([refused, launched]);
    expect(trimmed.memory.holds.length).toBeGreaterThan(20);
    const wordyOnes = trim(toJournal(...wordy), writeJournal, wordy.length);
    expect(bytes(wordyOnes)).toBeLessThanOrEqual(documentBytesMax);
    expect(wordyOnes.entries.at(-1)).toEqual(wordy.at(-1));
  });

  test('a day of an interruption every five minutes fits, with the launches and the newest facts', () => {
    let journal = empty;
    for (let count = 0; count < (24 * 60) / 5; count++) {
      const serverId = `i-${String(count).padStart(17, '0')}`;
      const at = now + count * 5 * minuteMs;
      const one = { at, serverId, generation: count, why: `${'x'.repeat(80)} ${count}`, ...spot };
      const entries: Entry[] = [
        { ...one, kind: 'launched', planned: false },
        { ...one, kind: 'risky', cause: 'rebalance' },
        { ...one, kind: 'doomed', endsAt: at + 2 * minuteMs },
        { ...one, kind: 'ended', taken: spot, explained: true },
      ];
      journal = trim(append(journal, entries), writeJournal, 1);
      expect(journal.entries.at(-1)).toEqual(entries.at(-1));
      const { launches, ended, dooms, risks } = journal.memory;
      for (const list of [launches, ended, dooms, risks])
        expect(list.at(-1)?.serverId).toBe(serverId);
    }
    expect(journal.memory.launches).toHaveLength(12);
    expect(journal.memory.interruptions.length).toBeGreaterThanOrEqual(restlessInterruptions);
  });

  test('what can never fit is an error, not a loop', () => {
    const named = { at: now, address: addressOf[a].repeat(1_000), serverId: null };
    const journal = { memory: { ...emptyMemory, named }, entries: [] };
    expect(() => trim(journal, writeJournal, 1)).toThrow('does not fit');
  });
});
