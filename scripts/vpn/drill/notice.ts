/** Has AWS interrupt a server with its own notice, by what is made for that alone and removed again, whatever happens. */
import { randomUUID } from 'node:crypto';
import { isCode } from '../../../shared/adapters/answers.ts';
import { vpnTag } from '../../../shared/adapters/looks.ts';
import { Trouble, toSentence } from '../trouble.ts';
import type { Experiment, Template } from './fis.ts';
import { clear, hasEnded, type Made, type Means } from './remains.ts';
import { makeRole, type Place, toInstanceArn } from './role.ts';

export interface Working extends Means {
  /** Aborted by ^C: nothing more is begun, and what was made is removed. */
  signal: AbortSignal;
  /** Rejects once the signal is aborted. */
  pause: (ms: number) => Promise<void>;
  /** Told what is done. */
  say: (words: string) => void;
  /** Told in a sentence what could not be removed. */
  onLeft: (says: string) => void;
}

/** What `meanwhile` has answered, or in a sentence why AWS can't give its notice. */
export type Outcome<T> = { kind: 'sent'; answer: T } | Impossible;

type Impossible = { kind: 'impossible'; why: string };
/** Epoch milliseconds; null if AWS does not tell. */
type Begun = { kind: 'begun'; id: string; sentAt: number | null };

const action = 'aws:ec2:send-spot-instance-interruptions';
const pollMs = 2_000;
/** Eighty seconds together: news of IAM are known everywhere after some seconds, and seldom only after a minute. */
const pausesMs = [2_000, 3_000, 5_000, 8_000, 13_000, 20_000, 30_000];
/** Ten minutes: AWS ends the experiment once the notice is out. */
const looksMax = 300;

/** Null if nothing speaks against it yet: what else a person may not do only shows when it is done. */
export async function whyImpossible({
  fis,
  place,
}: Pick<Means, 'fis' | 'place'>): Promise<string | null> {
  try {
    await fis.findAction(action);
    return null;
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || isCode(error, 'ResourceNotFoundException'))
      return `AWS interrupts no servers on request in ${place.region}.`;
    const why = toRefusal(error);
    if (why === null) throw error;
    return why;
  }
}

/** `meanwhile` runs from the notice on (epoch milliseconds); then the end of the experiment is waited for. */
export async function withNotice<T>(
  means: Working,
  serverId: string,
  meanwhile: (sentAt: number | null) => Promise<T>,
): Promise<Outcome<T>> {
  const made: Made = { templateId: null, experimentId: null };
  try {
    const begun = await begin(means, made, serverId);
    if (begun.kind === 'impossible') return begun;
    const answer = await meanwhile(begun.sentAt);
    await waitFor(means, begun.id, hasEnded);
    return { kind: 'sent', answer };
  } finally {
    // Nothing stops this, ^C neither.
    means.say('Removing what was made for it');
    for (const says of await clear(means, made)) means.onLeft(says);
  }
}

async function begin(means: Working, made: Made, serverId: string): Promise<Begun | Impossible> {
  const { iam, place, signal, say, pause } = means;
  try {
    // What is left of a drill that was broken off would be in the way.
    await clear(means, made);
    signal.throwIfAborted();
    say('Making a role for AWS');
    const template = toTemplate(place, serverId, await makeRole(iam, place, serverId));
    for (let tries = 0; ; tries++) {
      const seen = await tryOnce(means, made, template);
      if (seen.kind !== 'early') return seen;
      const pauseMs = pausesMs[tries];
      if (pauseMs === undefined) return { kind: 'impossible', why: seen.why };
      say('Waiting until AWS knows the role');
      await pause(pauseMs);
    }
  } catch (error) {
    const why = toRefusal(error);
    if (why === null) throw error;
    return { kind: 'impossible', why };
  }
}

type Tried = Begun | Impossible | { kind: 'early'; why: string };

/** Too early as long as AWS does not know the new role. */
async function tryOnce(means: Working, made: Made, template: Template): Promise<Tried> {
  const { fis, signal, say } = means;
  signal.throwIfAborted();
  try {
    made.templateId ??= await fis.createTemplate(randomUUID(), template);
    signal.throwIfAborted();
    say('Asking AWS to interrupt the server');
    const { id } = await fis.start(randomUUID(), made.templateId, template.tags);
    made.experimentId = id;
    return judge(await waitFor(means, id, hasBegun));
  } catch (error) {
    if (!isCode(error, 'ValidationException') || !/\brole\b/i.test((error as Error).message))
      throw error;
    return { kind: 'early', why: toSentence(error) };
  }
}

/** Of AWS's codes only one is there to be relied on, so what is not known for certain is tried again. */
function judge(seen: Experiment): Tried {
  const { status, reason = `it is ${status}`, error } = seen.state;
  if (status === 'running' || status === 'completed')
    return { kind: 'begun', id: seen.id, sentAt: toStart(seen) };
  const why = `AWS's experiment came to nothing: ${reason}`;
  if (status !== 'failed' || error?.code === 'InternalFailure') throw new Trouble(why);
  return { kind: error?.code === 'InvalidTarget' ? 'impossible' : 'early', why };
}

/** An experiment runs some moments before its action does. */
const hasBegun = (seen: Experiment) =>
  hasEnded(seen) || (seen.state.status === 'running' && toStart(seen) !== null);

function toStart({ actions = {} }: Experiment): number | null {
  const [sent] = Object.values(actions);
  return sent?.startTime ? sent.startTime * 1_000 : null;
}

async function waitFor(
  { fis, pause }: Working,
  id: string,
  isSo: (seen: Experiment) => boolean,
): Promise<Experiment> {
  for (let look = 0; look < looksMax; look++) {
    const seen = await fis.read(id);
    if (isSo(seen)) return seen;
    await pause(pollMs);
  }
  throw new Trouble(`AWS's experiment ${id} neither begins nor ends: look at it in AWS's console.`);
}

function toTemplate(place: Place, serverId: string, roleArn: string): Template {
  return {
    description: `A drill of the VPN ${place.vpn}`,
    roleArn,
    // It is over before an alarm could go off.
    stopConditions: [{ source: 'none' }],
    targets: {
      server: {
        resourceType: 'aws:ec2:spot-instance',
        resourceArns: [toInstanceArn(place, serverId)],
        selectionMode: 'ALL',
      },
    },
    actions: {
      interrupt: {
        actionId: action,
        // The shortest there is: then the notice comes at once, as long as ever.
        parameters: { durationBeforeInterruption: 'PT2M' },
        targets: { SpotInstances: 'server' },
      },
    },
    tags: { [vpnTag]: place.vpn },
  };
}

/** In a sentence, if it is settled that this person in this account can't have it; else null. */
function toRefusal(error: unknown): string | null {
  const isSettled = [
    'AccessDenied',
    'AccessDeniedException',
    'LimitExceeded',
    'LimitExceededException',
    'ServiceQuotaExceededException',
  ].some((code) => isCode(error, code));
  return isSettled ? toSentence(error) : null;
}
