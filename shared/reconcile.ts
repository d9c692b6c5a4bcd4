/** The loop: look, learn, plan, act, write down, until there is nothing to do. The only place that acts. */

import { allocate, move } from './address.ts';
import type { Action, Entry } from './core/deeds.ts';
import { hear, learn } from './core/facts.ts';
import { toIntent } from './core/intent.ts';
import type { Journal } from './core/journal.ts';
import { count, isCounting } from './core/ledger.ts';
import { ledgerMs, parkedAddress, passStepsMax, strayMinute } from './core/limits.ts';
import { remember } from './core/memory.ts';
import type { Observed, Policy, Server } from './core/model.ts';
import { plan } from './core/plan.ts';
import { toRefusal } from './core/refusals.ts';
import { toCommandRefusal } from './core/secrets.ts';
import type { Signal } from './core/signal.ts';
import { toMarketWords, toPlace } from './core/words.ts';
import { look } from './look.ts';
import type { Ports, Versioned } from './ports.ts';
import { record } from './record.ts';
import { removeUser } from './users/commands.ts';
import { UserError } from './users/errors.ts';
import { rotateUser } from './users/rotation.ts';
import { ensureServerKey } from './users/server-key.ts';

/** What one pass did, for the function's answer and its log. */
export interface Pass {
  /** Why the signal meant nothing to us, or null. */
  ignored: string | null;
  /** What was learnt and done, in order. */
  entries: Entry[];
  /** What could not be read, and was done without. */
  unread: string[];
}

/** What a pass knows, and what of it is not yet in the journal. */
interface Sight {
  observed: Observed;
  /** As it was looked at, and as it stands now. */
  read: Journal;
  journal: Versioned<Journal>;
  pending: Entry[];
  entries: Entry[];
  unread: string[];
}

/**
 * One pass. Expected failures become entries. Surprises don't keep the pass from its other actions, and are
 * thrown at its end, so that Lambda tries again.
 */
export async function reconcile(ports: Ports, policy: Policy, signal: Signal): Promise<Pass> {
  if (signal.kind === 'ignored') return { ignored: signal.why, entries: [], unread: [] };
  const sight = await toSight(ports, policy, signal);
  const learnt = learn(signal, sight.observed);
  if (learnt.kind === 'ignored') return { ignored: learnt.why, entries: [], unread: sight.unread };

  note(sight, learnt.entries);
  note(sight, hear(sight.observed));
  const surprises: unknown[] = [];
  for (let step = 0; step < passStepsMax && !surprises.length; step++) {
    const actions = plan(sight.observed, policy);
    if (!actions.length) break;
    note(
      sight,
      actions.flatMap((action) => toIntent(action, ports.now())),
    );
    // Written down before it is done: whatever happens to this pass, what it did is known, with its reason.
    await save(sight, ports);
    for (const action of actions)
      await carryOut(action, sight, ports, policy).catch((error) => surprises.push(error));
  }
  await save(sight, ports);
  await writeLedger(sight, ports, policy).catch((error) => surprises.push(error));
  if (surprises.length) throw surprises[0];
  return { ignored: null, entries: sight.entries, unread: sight.unread };
}

async function toSight(ports: Ports, policy: Policy, signal: Signal): Promise<Sight> {
  const listStrays = async (seen: Observed) =>
    isStrayTime(signal, seen) ? ports.strays.list() : [];
  const { observed, journal, unread } = await look(ports, policy, listStrays);
  return { observed, read: journal.value, journal, pending: [], entries: [], unread };
}

/** Once an hour, and when a server starts that the loop has not launched: a persistent request may have. */
function isStrayTime(signal: Signal, { now, memory }: Observed): boolean {
  if (signal.kind === 'tick') return new Date(now).getUTCMinutes() === strayMinute;
  if (signal.kind !== 'state' || signal.state !== 'running') return false;
  return !memory.launches.some(({ serverId }) => serverId === signal.serverId);
}

function note(sight: Sight, entries: Entry[]): void {
  sight.pending.push(...entries);
  sight.entries.push(...entries);
  sight.observed.memory = entries.reduce(remember, sight.observed.memory);
}

async function save(sight: Sight, ports: Ports): Promise<void> {
  sight.journal = await record(ports.state, sight.journal, sight.pending, sight.read);
  sight.pending = [];
}

/** Whenever something has happened, and every few minutes while something costs. */
async function writeLedger({ observed, entries }: Sight, ports: Ports, policy: Policy) {
  const age = observed.now - (observed.ledger?.until ?? 0);
  if (!isCounting(observed) || (age < ledgerMs && !entries.length)) return;
  const { current, finished } = count(observed, policy, entries);
  await ports.state.writeLedger(current, finished);
}

/** Does it, and lets the pass see the world as it is after it. */
async function carryOut(action: Action, sight: Sight, ports: Ports, policy: Policy): Promise<void> {
  const { observed } = sight;
  switch (action.kind) {
    case 'launch':
      return launch(action, sight, ports, policy);
    case 'point':
      await ports.name.point(action.address);
      observed.name = { address: action.address };
      return;
    case 'park':
      await ports.name.point(parkedAddress);
      observed.name = { address: parkedAddress };
      return;
    case 'allocate':
      return note(sight, await allocate(observed, ports));
    case 'move':
      return move(action, observed, ports);
    case 'release':
      await ports.addresses.release(action.addressId);
      return;
    case 'retire':
      return ports.servers.terminate(action.serverId);
    case 'forget':
      await ports.state.forget(action.serverId);
      observed.reports = observed.reports.filter(({ serverId }) => serverId !== action.serverId);
      return;
    case 'remove':
      observed.strays = observed.strays.filter(({ id }) => id !== action.stray.id);
      return ports.strays.remove(action.stray);
    case 'generate':
    case 'rotate':
    case 'expire':
      return tendSecrets(action, sight, ports, policy);
    case 'refresh':
      return refresh(action.serverId, sight, ports);
    // These are said, which is all there is to do about them.
    case 'stuck':
    case 'incident':
    case 'recovered':
    case 'handed':
    case 'refreshed':
    case 'idle':
    case 'drill':
      return;
    default:
      return action satisfies never;
  }
}

async function launch(
  action: Action & { kind: 'launch' },
  sight: Sight,
  ports: Ports,
  { vpn }: Policy,
): Promise<void> {
  const { market, pool, imageId, maxPrice, perHour, generation, attempt, planned } = action;
  // The same launch asked twice, by a repeated or a parallel pass, gives the same server.
  const token = `perennial-${vpn}-${generation}-${attempt}`;
  const request = { token, generation, market, pool, imageId, maxPrice };
  const answer = await ports.servers.launch(request);
  const at = ports.now();
  if (answer.kind === 'launched' && !hasEnded(answer.server)) {
    const { server } = answer;
    const why = `${server.id} is starting: ${toPlace(server.pool)} ${toMarketWords(market)}`;
    sight.observed.servers = [...sight.observed.servers, server];
    const launched = { serverId: server.id, market, pool: server.pool, generation, planned };
    const price = perHour === null ? {} : { perHour };
    note(sight, [{ at, kind: 'launched', ...launched, ...price, why }]);
    return;
  }
  const code = answer.kind === 'refused' ? answer.code : 'StaleToken';
  const why = `EC2 refused ${toPlace(pool)} ${toMarketWords(market)}: ${toRefusal(code).says} (${code})`;
  note(sight, [{ at, kind: 'refused', market, pool, generation, attempt, code, why }]);
}

/** Parameter Store is then asked again: what the servers should have is what stands there. */
async function tendSecrets(
  action: Action & { kind: 'generate' | 'rotate' | 'expire' },
  { observed }: Sight,
  ports: Ports,
  { oldPasswordMinutes: graceMinutes }: Policy,
): Promise<void> {
  if (action.kind === 'generate') await ensureServerKey(ports.secrets);
  if (action.kind === 'expire') await removeUser(ports, action.user.name).catch(unlessDone);
  if (action.kind === 'rotate')
    await rotateUser(ports, action.user.name, { only: 'scheduled', graceMinutes }).catch(
      unlessDone,
    );
  observed.secrets = await ports.secrets.list();
}

/** Another pass has done the same at the same moment, or a person has. */
function unlessDone(error: unknown): void {
  const isDone = error instanceof UserError && ['overtaken', 'unknown'].includes(error.code);
  if (!isDone) throw error;
}

/** That it took the command is no news; that it has the secrets, it says itself. */
async function refresh(serverId: string, sight: Sight, ports: Ports): Promise<void> {
  const answer = await ports.commands.applySecrets(serverId);
  if (answer.kind === 'sent') return;
  const why = `${serverId} can't be told to take the newest secrets: ${toCommandRefusal(answer.code)} (${answer.code})`;
  note(sight, [{ at: ports.now(), kind: 'unrefreshed', serverId, why }]);
}

function hasEnded({ state }: Server): boolean {
  return state === 'shutting-down' || state === 'terminated';
}
