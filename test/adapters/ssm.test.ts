/** Parameter Store's odder answers: pages without end, half-written states, writers at once. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toState } from '../../shared/adapters/ssm.ts';
import { emptyMemory } from '../../shared/core/memory.ts';
import type { Ledger } from '../../shared/core/model.ts';
import { writeJournal, writeLedger } from '../../shared/documents/state.ts';
import { now, policy } from '../core/scene.ts';
import { type Answering, answering } from './answering.ts';

const root = '/perennial/home/state';
const parameter = (path: string, Value: string, Version = 1) => ({
  Name: `${root}/${path}`,
  Value,
  Version,
  LastModifiedDate: new Date(now),
});
const desired = parameter('desired', '{"power":"on","imageId":"ami-0123456789abcdef0"}');
const journal = { memory: { ...emptyMemory, generation: 3 }, entries: [] };
const toPorts = ({ clients }: Answering) => toState(clients, { policy });
const refusing = (code: string, status = 400) =>
  answering(() => {
    throw new AwsFault(code, 'because', status);
  });

describe('the state', () => {
  test('is asked for by its path, page after page, empty ones too', async () => {
    const pages = [
      [parameter('servers/i-0000000a', '{"serving":{"pptp":true}}')],
      [],
      [parameter('journal', writeJournal(journal), 41)],
      [desired],
    ];
    const aws = answering((count) => ({
      Parameters: pages[count - 1],
      ...(count < pages.length && { NextToken: `page ${count + 1}` }),
    }));
    expect(await toPorts(aws).read()).toMatchObject({
      desired: { power: 'on', imageId: 'ami-0123456789abcdef0' },
      reports: [{ serverId: 'i-0000000a', at: now, serving: { pptp: true }, sessions: 0 }],
      journal: { value: journal, version: 41 },
      ledger: null,
    });
    expect(aws.asked.slice(0, 2)).toEqual([
      { operation: 'GetParametersByPath', input: { Path: root, Recursive: true } },
      {
        operation: 'GetParametersByPath',
        input: { Path: root, Recursive: true, NextToken: 'page 2' },
      },
    ]);
  });

  test('that has no end is an error: what is not read might be that it is on', async () => {
    const aws = answering((count) => ({
      Parameters: [parameter(`servers/i-0000000${count % 10}`, '{"serving":{}}')],
      NextToken: 'more',
    }));
    await expect(toPorts(aws).read()).rejects.toThrow(/pages/);
  });

  test.each(['other', 'servers', 'servers/i-0000000a/more', 'serversi-0000000a', 'servers/'])(
    'has no report in %s',
    async (path) => {
      const aws = answering(() => ({ Parameters: [desired, parameter(path, '{"serving":{}}')] }));
      expect((await toPorts(aws).read()).reports).toEqual([]);
    },
  );

  test('is an error if AWS does not say when a report came', async () => {
    const { LastModifiedDate: _, ...undated } = parameter('servers/i-0000000a', '{"serving":{}}');
    const aws = answering(() => ({ Parameters: [desired, undated] }));
    await expect(toPorts(aws).read()).rejects.toThrow('AWS answered without LastModifiedDate');
  });
});

describe('writing the journal', () => {
  test('answers its version', async () => {
    const aws = answering(() => ({ Version: 42 }));
    expect(await toPorts(aws).writeJournal(journal)).toBe(42);
    const Value = writeJournal(journal);
    const input = { Name: `${root}/journal`, Type: 'String', Value, Overwrite: true };
    expect(aws.asked).toEqual([{ operation: 'PutParameter', input }]);
  });

  test('answers null when another write is under way', async () => {
    expect(await toPorts(refusing('TooManyUpdates')).writeJournal(journal)).toBeNull();
  });

  test('throws what is no answer', async () => {
    const denied = refusing('AccessDeniedException');
    await expect(toPorts(denied).writeJournal(journal)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const mute = answering(() => ({}));
    await expect(toPorts(mute).writeJournal(journal)).rejects.toThrow(
      'AWS answered without Version',
    );
  });
});

describe('reading the journal', () => {
  test.each([
    [null, `${root}/journal`],
    [40, `${root}/journal:40`],
  ])('of version %j asks for %s', async (version, Name) => {
    const aws = answering(() => ({ Parameter: parameter('journal', writeJournal(journal), 40) }));
    expect(await toPorts(aws).readJournal(version)).toEqual({ value: journal, version: 40 });
    expect(aws.asked).toEqual([{ operation: 'GetParameter', input: { Name } }]);
  });
});

describe('reading the journal when nobody has written it', () => {
  test('it is empty, of version 0', async () => {
    const missing = refusing('ParameterNotFound');
    expect(await toPorts(missing).readJournal(null)).toEqual({
      value: { memory: emptyMemory, entries: [] },
      version: 0,
    });
  });

  test.each([
    [40, 'ParameterNotFound'],
    [null, 'AccessDeniedException'],
  ])('version %j refused by %s is thrown', async (version, code) => {
    const reading = toPorts(refusing(code)).readJournal(version);
    await expect(reading).rejects.toMatchObject({ name: code });
  });
});

describe('writing the ledger', () => {
  const none = { hours: 0, dollars: 0 };
  const amounts = { spot: none, onDemand: none, address: none, disk: none, alwaysOnDemand: none };
  const november: Ledger = { month: '2026-11', until: now, ...amounts, days: {} };
  const october = { ...november, month: '2026-10' };
  const put = (Name: string, value: Ledger) => ({
    operation: 'PutParameter',
    input: { Name, Type: 'String', Value: writeLedger(value), Overwrite: true },
  });
  test.each([
    ['is one write', null, [put(`${root}/ledger`, november)]],
    [
      'puts a finished month first, which would else be lost',
      october,
      [put('/perennial/home/ledger/2026-10', october), put(`${root}/ledger`, november)],
    ],
  ])('%s', async (_, finished, expected) => {
    const aws = answering(() => ({ Version: 1 }));
    await toPorts(aws).writeLedger(november, finished);
    expect(aws.asked).toEqual(expected);
  });
});

test('forgetting throws what is not that it is forgotten', async () => {
  const denied = refusing('AccessDeniedException');
  await expect(toPorts(denied).forget('i-0000000a')).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(denied.asked[0]?.input).toEqual({ Name: `${root}/servers/i-0000000a` });
});
