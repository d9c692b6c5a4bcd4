/** What a real drill has shown, from the journal and the status that it ended with. */
import { toDuration, toGap } from '../../../shared/core/words.ts';
import type { After } from './follow.ts';

export interface Taken {
  serverId: string;
  /** When AWS gave its notice or, without one, ended the server: epoch milliseconds; null if AWS does not tell. */
  at: number | null;
  withNotice: boolean;
}

export interface Findings {
  kind: 'drill';
  serverId: string;
  /** ISO times. */
  takenAt: string | null;
  /** Null without a notice. */
  notice: { heardAt: string | null; heardBy: string | null } | null;
  /** Null if nothing was missing, as nobody has noticed a thing. */
  end: { at: string; outageSeconds: number; gapMs: number | null } | null;
}

export function toFindings({ serverId, at, withNotice }: Taken, after: After): Findings {
  const begins = `AWS takes ${serverId} at `;
  const heard = after.entries.find(({ kind, why }) => kind === 'doomed' && why.startsWith(begins));
  const [, heardBy = null] = /\(([^)]*)\)$/.exec(heard?.why ?? '') ?? [];
  const last = after.status.lastIncident;
  const end = last?.serverId === serverId ? last.end : null;
  return {
    kind: 'drill',
    serverId,
    takenAt: at === null ? null : new Date(at).toISOString(),
    notice: withNotice ? { heardAt: heard?.at ?? null, heardBy } : null,
    end: end && { at: end.at, outageSeconds: end.outageSeconds, gapMs: end.gapMs },
  };
}

export function isUnheard({ notice }: Findings): boolean {
  return notice !== null && notice.heardAt === null;
}

export function toFindingsText(findings: Findings): string {
  const { notice, end, takenAt } = findings;
  const since = (at: string) =>
    takenAt === null
      ? ''
      : ` after ${toDuration(Math.max(0, Date.parse(at) - Date.parse(takenAt)))}`;
  const heard = !notice
    ? ''
    : notice.heardAt
      ? `AWS's notice was heard${since(notice.heardAt)} (${notice.heardBy}). `
      : `AWS's notice was not heard: see with "vpn doctor" what is wrong. `;
  if (!end) return `${heard}Another server serves, without an outage.`;
  const outage = end.outageSeconds
    ? `after an outage of ${toDuration(end.outageSeconds * 1_000)}`
    : 'without an outage';
  const gap = end.gapMs === null ? '' : `; WireGuard's clients missed ${toGap(end.gapMs)}`;
  return `${heard}Another server served${since(end.at)}, ${outage}${gap}.`;
}
