/** Takes a VPN out of the account step by step. Each step finds out for itself what is left of it to do. */
import { rmSync } from 'node:fs';
import { parkedAddress } from '../../../shared/core/limits.ts';
import type { Aws } from '../aws.ts';
import type { Context } from '../command.ts';
import { judge } from '../leftovers/judge.ts';
import { look } from '../leftovers/look.ts';
import type { Holding, Seen } from '../leftovers/model.ts';
import { type Outcome, removeAll, waitUntilGone } from '../leftovers/remove.ts';
import { readName } from '../name.ts';
import { runOsls } from '../osls.ts';
import { readLocalState, tokenFileOf } from '../places.ts';
import { findStack } from '../stack.ts';
import { Trouble } from '../trouble.ts';
import { endBake } from './bakes.ts';
import { findDrills, removeDrills } from './drills.ts';
import { park, turnOff } from './off.ts';
import { listParameters, removeParameters } from './parameters.ts';
import { type RecordOutcome, removeRecord } from './record.ts';

export interface Removed {
  stack: boolean;
  holdings: { kind: string; id: string }[];
  parameters: number;
  record: RecordOutcome;
}

export interface TakingOut {
  /** Ends servers itself, and does not wait for the loop. */
  force: boolean;
  minutes: number;
}

/** Off first, while there is a loop that parks the name and ends servers; then the stack, then what it does not hold. */
export async function takeOut(
  context: Context,
  aws: Aws,
  { force, minutes }: TakingOut,
): Promise<Removed> {
  const { screen, signal, reach, env } = context;
  const { vpn } = aws.settings.policy;
  const stack = await findStack(aws);
  const ended: Outcome[] = [];
  if (stack) {
    const seen = await look(aws);
    if (seen.runId) await endBake(context, aws);
    if (force) await forceOff(context, aws);
    else await turnOff(context, aws, minutes);
    // Of bakes, and of a loop that is broken: their security groups could not go while they run.
    ended.push(...(await removeThem(context, aws, judge(await look(aws)).filter(isMachine))));
    await waitForTheLast(context, aws);
    screen.note('The VPN is off, and its name is parked');
    signal.throwIfAborted();
    await runOsls(toOslsContext(context), ['remove']);
    screen.note(`The stack ${stack.name} is removed`);
  }
  signal.throwIfAborted();
  const left = judge(await look(aws)).filter(({ use }) => use === null);
  ended.push(...(await removeThem(context, aws, left)));
  const kept = await screen.during('Removing what drills have left', () => removeDrills(aws));
  const parameters = await screen.during('Removing users, keys and the journal', () =>
    removeParameters(aws.clients, vpn, signal),
  );
  if (parameters) screen.note(`${parameters} parameters below /perennial/${vpn}/ are removed`);
  const record = await screen.during('Removing the record', () => removeRecord(aws));
  screen.note(recordWords[record](aws.settings.name));
  // What is not kept for anything any more; npm start looks after its own.
  if (!reach.local) rmSync(reach.tokenFile ?? tokenFileOf(vpn, env), { force: true });
  const failed = ended.filter(({ fault }) => fault !== null);
  const faults = [...failed.map(({ kind, id, fault }) => `The ${kind} ${id}: ${fault}`), ...kept];
  if (faults.length) throw new Trouble(faults.join('\n'));
  return {
    stack: stack !== null,
    holdings: ended.map(({ kind, id }) => ({ kind, id })),
    parameters,
    record,
  };
}

/** Of those that the loop has ended, too. */
async function waitForTheLast({ screen, signal }: Context, aws: Aws): Promise<void> {
  const { instances } = await look(aws);
  const ids = instances.filter(({ state }) => state !== 'terminated').map(({ id }) => id);
  if (ids.length)
    await screen.during('Waiting for the last to end', (say) =>
      waitUntilGone(aws, ids, { signal, say }),
    );
}

const recordWords: Record<RecordOutcome, (name: string) => string> = {
  removed: (name) => `The record of ${name} is removed`,
  absent: (name) => `${name} has no record`,
  'in use': (name) => `The record of ${name} points elsewhere, and is left alone`,
};

const isMachine = ({ kind }: Holding) => kind === 'spot request' || kind === 'instance';

async function removeThem({ screen, signal }: Context, aws: Aws, holdings: Holding[]) {
  if (!holdings.length) return [];
  const outcomes = await screen.during('Removing', (say) =>
    removeAll(aws, holdings, { signal, say }),
  );
  for (const { kind, id, fault } of outcomes)
    if (fault === null) screen.note(`The ${kind} ${id} is removed`);
  return outcomes;
}

/** What people want is off, whoever still reads it. */
async function forceOff({ screen, signal }: Context, aws: Aws): Promise<void> {
  await screen.during('Turning it off by force', async (say) => {
    const { toDirectCaller } = await import('../direct.ts');
    await toDirectCaller(aws).ask('POST', '/stop', { body: {} });
    await park(aws, say);
    const machines = judge(await look(aws)).filter(isMachine);
    await removeAll(aws, machines, { signal, say });
  });
}

/** osls finds AWS as any AWS client does. */
function toOslsContext(context: Context): Context {
  if (!context.reach.local) return context;
  const env = {
    ...context.env,
    AWS_ENDPOINT_URL: readLocalState(context.env).aws,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  return { ...context, env };
}

export interface Standing {
  isAnything: boolean;
  /** Everything of it that is there; also what costs nothing. */
  words: string[];
  /** A person's own image, which is launched and never removed. */
  theirs: Holding[];
}

export async function whatStands(aws: Aws): Promise<Standing> {
  const [stack, seen, parameters, address, drills] = await Promise.all([
    findStack(aws),
    look(aws),
    countParameters(aws),
    readName(aws),
    findDrills(aws),
  ]);
  const holdings = judge(seen).filter(isOurs(seen));
  const words = [
    ...(stack ? [`the stack ${stack.name} (${stack.status})`] : []),
    ...(holdings.length ? [toCounts(holdings)] : []),
    ...(parameters
      ? [`${parameters} parameters below /perennial/${aws.settings.policy.vpn}/`]
      : []),
    ...drills,
    ...(address === parkedAddress ? [`the parked record of ${aws.settings.name}`] : []),
  ];
  const theirs = judge({ ...seen, isDeployed: false }).filter((one) => !isOurs(seen)(one));
  return { isAnything: words.length > 0, words, theirs };
}

/** A person's own image stays, and so is nothing that stands. */
function isOurs(seen: Seen) {
  const theirs = new Set(seen.images.filter(({ isBaked }) => !isBaked).map(({ id }) => id));
  return ({ id, goesWith }: Holding) => !theirs.has(id) && !theirs.has(goesWith ?? '');
}

function toCounts(holdings: Holding[]): string {
  const counts = Map.groupBy(holdings, ({ kind }) => kind);
  return [...counts]
    .map(([kind, some]) => `${some.length} ${kind}${some.length === 1 ? '' : 's'}`)
    .join(', ');
}

async function countParameters({ clients, settings }: Aws): Promise<number> {
  let count = 0;
  for await (const _ of listParameters(clients, settings.policy.vpn)) count++;
  return count;
}
