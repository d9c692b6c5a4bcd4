/** Interruptions through the whole chain, from AWS's notice to the client: what the handover saves. */
import { expect, test } from 'vitest';
import { type Answer, measure, type Stream, tunnelStreams } from './answers.ts';
import type { Round } from './rounds.ts';
import { runAll } from './run.ts';
import { toTable } from './table.ts';

/** WireGuard's own timers make a client begin anew after fifteen seconds; no timer is as short as this. */
const ownMs = 5_000;

test('with a handover nothing breaks, and nobody waits for a timer; without one they do', async () => {
  const rounds: Round[] = [];
  const runs = [
    { way: 'handover', noticed: 2, unnoticed: 1 },
    { way: 'address', noticed: 1, unnoticed: 0 },
  ] as const;
  await runAll(runs, { machines: 'namespace', bootSeconds: 2 }, (round) => rounds.push(round));
  const of = (way: string, noticed: boolean) =>
    rounds.filter((round) => round.way === way && round.noticed === noticed);
  expect(of('handover', true)).toHaveLength(2);
  for (const { gapMs, connectionsLost } of of('handover', true)) {
    expect(connectionsLost).toBe(0);
    expect(Math.max(...tunnelStreams.map((stream) => gapMs[stream]))).toBeLessThan(ownMs);
  }
  // Taken without a word, the clients wait for the next server to boot, and for nothing else.
  expect(of('handover', false)).toMatchObject([{ connectionsLost: 0 }]);
  const [plain] = of('address', true);
  expect(plain?.gapMs.call).toBeGreaterThan(ownMs);
});

/** A stream's answers, each a tenth of a second after the one before, but for the silences. */
function toAnswers(stream: Stream, silences: Record<number, number>): Answer[] {
  let at = 1_000;
  return Array.from({ length: 20 }, (_, number) => {
    at += silences[number] ?? 100;
    return { at, stream, number };
  });
}

test('the longest silence of each stream, what never came back, and what broke', () => {
  const call = toAnswers('call', { 10: 700, 15: 900 }).filter(({ number }) => number !== 10);
  const download = toAnswers('download', { 5: 300 });
  const broken: Answer = { at: 2_050, stream: 'typing', number: null };
  const typing = toAnswers('typing', { 12: 4_000 });
  const late: Answer = { at: 2_060, stream: 'late', number: 250 };
  const measured = measure([...call, ...download, broken, broken, ...typing, late]);
  expect(measured).toMatchObject({
    gapMs: { call: 900, typing: 4_000, download: 300 },
    callLost: 1,
    lossMs: 800,
    connectionsLost: 1,
    lateMs: 250,
  });
  expect(measured).not.toHaveProperty('pptp');
  // Drawn from the last answer before the silence on.
  expect(measured.spans.find(([from]) => from > 0)).toEqual([900, 900]);
});

test('what came beside the tunnel of PPTP does not count as through it', () => {
  const asking = toAnswers('asking', { 8: 6_000 });
  const beside: Answer = { at: 3_000, stream: 'beside', number: 7 };
  const { pptp } = measure([...asking, beside, ...toAnswers('call', {})]);
  expect(pptp).toMatchObject({ gapMs: 6_000, beside: 1 });
});

test('median and longest stand in the table, apart from what came after the notice was over', () => {
  const toRound = (ms: number, movedMs = ms): Round => ({
    way: 'handover',
    noticed: true,
    movedMs,
    gapMs: { call: ms, typing: ms, download: ms },
    callLost: 1,
    lossMs: ms,
    connectionsLost: 0,
    lateMs: 0,
    spans: [],
  });
  const rounds = [toRound(200), toRound(100), toRound(15_000), toRound(30_000, 150_000)];
  const [, , row, late] = toTable(rounds).split('\n');
  expect(row).toContain('| with notice | the address moves, and the servers hand over | 3 |');
  expect(row).toContain('| 0.20, at most 15 s |');
  expect(row).toContain('| 0 of 6 |');
  expect(late).toContain('| with notice, but the next one boots for longer |');
  expect(late).toContain('| 30, at most 30 s |');
});
