/** Judges the servers: which live, which serve, which are fit to keep, and which one is the keeper. */
import { withAddresses } from './elastic.ts';
import { bootMaxMs, listLagMs, refreshMaxMs, reportFreshMs, reportLateMs } from './limits.ts';
import type { Observed, Policy, Report, RiskCause, Server } from './model.ts';
import { toDuration, toTimeOfDay } from './words.ts';

/** A server that lives, with what is thought of it. */
export interface Member {
  server: Server;
  phase: 'booting' | 'serving' | 'silent';
  /** When AWS takes it, epoch milliseconds; null if it has not said so. */
  endsAt: number | null;
  /** Whether that is but a drill. */
  isDrill: boolean;
  /** Whether it serves, or soon will, with today's secrets, and nobody is about to take it. */
  fit: boolean;
  /** Why AWS may yet take it, or null. */
  risk: RiskCause | null;
  /** 0 if nothing about it could be better: the higher, the sooner it should be replaced in peace. */
  rank: number;
}

export interface Fleet {
  /** Pending or running, the keeper first. */
  live: Member[];
  /** Stopped by somebody: they serve nobody and cost their disk. */
  stopped: Server[];
}

/** The servers as they are now, as far as EC2's list and the journal's last minute tell together. */
export function toFleet(observed: Observed, policy: Policy): Fleet {
  const { memory, now } = observed;
  const ended = new Set(
    memory.ended.flatMap(({ at, serverId }) => (now - at < listLagMs ? [serverId] : [])),
  );
  const known = [...observed.servers, ...launchedButUnlisted(observed)];
  const servers = withAddresses(known, observed).filter(({ id }) => !ended.has(id));
  const live = servers
    .filter(({ state }) => state === 'pending' || state === 'running')
    .map((server) => toMember(server, observed, policy))
    .sort((a, b) => compare(a, b, observed.name?.address));
  return {
    live,
    stopped: servers.filter(({ state }) => state === 'stopping' || state === 'stopped'),
  };
}

/** Servers whose report is late: whether EC2's status checks fail is worth a look. */
export function toDoubtful(observed: Observed, policy: Policy): string[] {
  const isLate = ({ server, phase }: Member) => {
    const report = observed.reports.find(({ serverId }) => serverId === server.id);
    return phase === 'serving' && observed.now - (report?.at ?? 0) > reportLateMs;
  };
  return toFleet(observed, policy)
    .live.filter(isLate)
    .map(({ server }) => server.id);
}

/** Says of a server that is not fit to keep, why not. */
export function whyUnfit({ server: { id }, endsAt, isDrill, phase }: Member): string {
  if (endsAt !== null)
    return `${isDrill ? 'A drill' : 'AWS'} takes ${id} at ${toTimeOfDay(endsAt)} UTC`;
  return phase === 'silent'
    ? `${id} does not report that it serves`
    : `${id} has not taken the newest secrets for ${toDuration(refreshMaxMs)}`;
}

function launchedButUnlisted({ servers, memory, now, desired }: Observed): Server[] {
  const listed = new Set(servers.map(({ id }) => id));
  return memory.launches
    .filter(({ at, serverId }) => now - at < listLagMs && !listed.has(serverId))
    .map(({ at, serverId, ...launch }) => ({
      ...launch,
      id: serverId,
      state: 'pending',
      address: null,
      launchedAt: at,
      stateReason: null,
      imageId: desired.imageId,
    }));
}

function toMember(server: Server, observed: Observed, policy: Policy): Member {
  const { now, memory, impaired, desired } = observed;
  const report = observed.reports.find(({ serverId }) => serverId === server.id);
  const isLost = impaired.includes(server.id);
  const phase =
    !isLost && serves(server, report, now, policy)
      ? 'serving'
      : !isLost && now - server.launchedAt < bootMaxMs
        ? 'booting'
        : 'silent';
  const doom = memory.dooms.find(({ serverId }) => serverId === server.id);
  const isDrilled = memory.drill?.serverId === server.id && now < memory.drill.endsAt + bootMaxMs;
  const drill = isDrilled ? memory.drill : null;
  const endsAt = (doom ?? drill)?.endsAt ?? null;
  const risk = memory.risks.find(({ serverId }) => serverId === server.id)?.cause ?? null;
  const isStale = memory.refreshes.some(
    ({ serverId, since }) => serverId === server.id && now - since >= refreshMaxMs,
  );
  const isOld = desired.imageId !== null && server.imageId !== desired.imageId;
  return {
    server,
    phase,
    endsAt,
    isDrill: !doom && drill !== null,
    fit: endsAt === null && phase !== 'silent' && !isStale,
    risk,
    rank: 4 * Number(risk !== null) + 2 * Number(isOld) + Number(server.market === 'on-demand'),
  };
}

/** Running is not serving: serving is what the server itself reports, freshly, of every protocol. */
function serves(server: Server, report: Report | undefined, now: number, policy: Policy): boolean {
  return (
    server.state === 'running' &&
    server.address !== null &&
    report !== undefined &&
    now - report.at < reportFreshMs &&
    policy.protocols.every((protocol) => report.serving[protocol] === true)
  );
}

/** The one rule by which any two passes agree on the keeper: fit, serving, the last to be taken, best, named, oldest. */
function compare(a: Member, b: Member, named: string | null | undefined): number {
  const isNamed = ({ server }: Member) => server.address !== null && server.address === named;
  return (
    Number(b.fit) - Number(a.fit) ||
    Number(b.phase === 'serving') - Number(a.phase === 'serving') ||
    (b.endsAt ?? 0) - (a.endsAt ?? 0) ||
    a.rank - b.rank ||
    Number(isNamed(b)) - Number(isNamed(a)) ||
    a.server.generation - b.server.generation ||
    a.server.launchedAt - b.server.launchedAt ||
    (a.server.id < b.server.id ? -1 : 1)
  );
}
