/** Why a server no longer serves, and what the loop does about it: from the lines beside an incident's own. */
import { stepMs } from './limits.ts';
import type { Line } from './lines.ts';
import type { Cause } from './news.ts';

export function toCause(incident: Line & { kind: 'incident' }, lines: Line[]): Cause {
  const { serverId, lostAt, why } = incident;
  const ofServer = lines.filter((line) => 'serverId' in line && line.serverId === serverId);
  for (const line of ofServer.toReversed()) {
    if (line.kind === 'doomed') return { kind: 'notice', endsAt: line.endsAt };
    if (line.kind === 'drilling') return { kind: 'drill', endsAt: line.endsAt };
    if (line.kind === 'ended')
      return line.taken ? { kind: 'taken' } : { kind: 'gone', why: line.why };
  }
  return lostAt === null ? { kind: 'unfit', why } : { kind: 'silent', since: lostAt };
}

/** The launch that the loop decided on in the same step, in its own words: "t3.nano in us-east-1b on spot at …". */
export function toLaunching({ at }: Line, lines: Line[]): string | null {
  const launching = lines.findLast(
    (line) => line.kind === 'launching' && Math.abs(line.at - at) <= stepMs,
  );
  const { why = '' } = launching?.kind === 'launching' ? launching : {};
  return /\blaunching (.+)$/.exec(why)?.[1] ?? null;
}
