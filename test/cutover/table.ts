/** What was measured, as a table in Markdown: a line for each way, with notice and without. */
import { noticeMs } from '../../shared/core/limits.ts';
import { type Round, type Way, ways } from './rounds.ts';

export const wayWords: Record<Way, string> = {
  handover: 'the address moves, and the servers hand over',
  address: 'the address moves, and nothing else',
  name: 'the name moves',
};

/** Whoever boots for longer than AWS gives notice is none the better for that. */
export const notices = {
  kept: 'with notice',
  missed: 'with notice, but the next one boots for longer',
  none: 'without',
} as const;
type Notice = keyof typeof notices;

export interface Kind {
  way: Way;
  notice: Notice;
  rounds: Round[];
}

function toNotice({ noticed, movedMs }: Round): Notice {
  if (!noticed) return 'none';
  return movedMs < noticeMs ? 'kept' : 'missed';
}

/** Rounds of one kind, in the order of the ways, those with notice first. */
export function toKinds(rounds: Round[]): Kind[] {
  const names = Object.keys(notices) as Notice[];
  return names
    .flatMap((notice) => ways.map((way) => ({ way, notice })))
    .map(({ way, notice }) => ({
      way,
      notice,
      rounds: rounds.filter((round) => round.way === way && toNotice(round) === notice),
    }))
    .filter((kind) => kind.rounds.length > 0);
}

export function toTable(rounds: Round[]): string {
  const hasPptp = rounds.some(({ pptp }) => pptp);
  const head = [
    'AWS takes the server',
    'how clients get to the next one',
    'rounds',
    'call silent for',
    'its packets lost',
    'typing silent for',
    'download silent for',
    'connections lost',
    ...(hasPptp ? ['nothing comes by PPTP for'] : []),
    'next server has the address after',
  ];
  const rows = toKinds(rounds).map(({ way, notice, rounds: all }) => [
    notices[notice],
    wayWords[way],
    String(all.length),
    toRange(all.map(({ gapMs }) => gapMs.call)),
    String(toMedian(all.map(({ callLost }) => callLost))),
    toRange(all.map(({ gapMs }) => gapMs.typing)),
    toRange(all.map(({ gapMs }) => gapMs.download)),
    `${sum(all.map(({ connectionsLost }) => connectionsLost))} of ${2 * all.length}`,
    ...(hasPptp ? [toRange(all.flatMap(({ pptp }) => pptp?.gapMs ?? []))] : []),
    toRange(all.map(({ movedMs }) => movedMs)),
  ]);
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Median and longest, in seconds. */
export function toRange(times: number[]): string {
  return `${toSeconds(toMedian(times))}, at most ${toSeconds(Math.max(...times))} s`;
}

function toMedian(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(ms < 10_000 ? 2 : 0);
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
