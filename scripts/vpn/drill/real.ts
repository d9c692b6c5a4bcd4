/** A real drill: AWS takes the server, with its own notice where that can be had, else without any. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Status } from '../../../web/data/answers.ts';
import { toAsking } from '../asking.ts';
import { type Aws, toAws } from '../aws.ts';
import type { Context } from '../command.ts';
import { identify } from '../identity.ts';
import { Trouble } from '../trouble.ts';
import { isUnheard, type Taken, toFindings, toFindingsText } from './findings.ts';
import { type Before, followOn } from './follow.ts';
import { whyImpossible, withNotice } from './notice.ts';
import { type Means, toMeans } from './remains.ts';

export interface Taking {
  withNotice: boolean;
  /** Until another server serves. */
  follows: boolean;
  /** Before it costs something or is an outage. */
  asks: boolean;
}

/** Answers the exit code: 1 if a notice that was given was not heard. */
export async function takeReally(context: Context, before: Before, taking: Taking) {
  const { screen } = context;
  const { server, state } = before.status;
  if (!server || state !== 'serving')
    throw new Trouble('No server serves just now: start it with "vpn start --wait" first.');
  const aws = toAws(context);
  if (taking.withNotice) {
    const tried = await takeWithNotice(context, aws, before, server, taking);
    if (tried.kind === 'sent') return tried.answer;
    screen.note(`AWS's own notice can't be had. ${tried.why}`);
  }
  return takeAtOnce(context, aws, before, server, taking);
}

type Server = NonNullable<Status['server']>;

async function takeWithNotice(
  context: Context,
  aws: Aws,
  before: Before,
  server: Server,
  { asks, follows }: Taking,
) {
  const { screen, signal } = context;
  const impossible = (why: string) => ({ kind: 'impossible' as const, why });
  if (server.market !== 'spot')
    return impossible(`${server.id} runs on demand, and AWS interrupts only spot.`);
  const [means, why] = await screen.during('Asking AWS whether it can interrupt it', async () => {
    const all = await toAllMeans(aws);
    return [all, await whyImpossible(all)] as const;
  });
  if (why !== null) return impossible(why);
  if (asks) await askForNotice(context, server);
  const pause = (ms: number) => sleep(ms, undefined, { signal });
  const left: string[] = [];
  let isOut = false;
  try {
    return await screen.during('Having AWS interrupt it', (say) => {
      const working = { ...means, signal, pause, say, onLeft: (says: string) => left.push(says) };
      return withNotice(working, server.id, (sentAt) => {
        isOut = true;
        screen.note(`AWS has given its notice to ${server.id}`);
        const taken = { serverId: server.id, at: sentAt, withNotice: true };
        return followToEnd(context, before, follows, taken);
      });
    });
  } catch (error) {
    if (isOut) screen.note(`${noWayBack} See it with: vpn watch`);
    else if (!left.length) screen.note('Broken off. What was made for it is removed.');
    throw error;
  } finally {
    for (const says of left) screen.note(says);
    if (left.length) screen.note('It goes with the next "vpn drill --real", or with "vpn remove".');
  }
}

const noWayBack = "The notice can't be taken back: another server takes over all the same.";

async function toAllMeans(aws: Aws): Promise<Means> {
  const [means, { arn, account }] = await Promise.all([toMeans(aws), identify(aws)]);
  const [, partition = 'aws'] = arn.split(':');
  return { ...means, place: { ...means.place, account, partition } };
}

async function askForNotice({ screen, signal }: Context, { id }: Server): Promise<void> {
  const asking = toAsking(signal);
  if (asking.isThere)
    screen.note(
      'AWS charges $0.10 for each minute of it. A role and an experiment template are made for it, and removed again.',
    );
  await asking.agree('--yes', `Have AWS take ${id} with its notice, for about $0.20?`, nothing);
}

/** As it is when AWS's notice is lost, or a machine fails. */
async function takeAtOnce(
  context: Context,
  { clients, now }: Aws,
  before: Before,
  { id }: Server,
  { asks, follows }: Taking,
): Promise<number> {
  const words = `Terminate ${id} without notice? It is an outage until another server serves.`;
  if (asks) await toAsking(context.signal).agree('--yes', words, nothing);
  const command = new TerminateInstancesCommand({ InstanceIds: [id] });
  await context.screen.during('Terminating it', () => clients.ec2.send(command));
  return followToEnd(context, before, follows, { serverId: id, at: now(), withNotice: false });
}

async function followToEnd(
  context: Context,
  before: Before,
  follows: boolean,
  taken: Taken,
): Promise<number> {
  const after = await followOn(context, before, follows);
  if (!after) return 0;
  const findings = toFindings(taken, after);
  context.screen.tell(findings, toFindingsText(findings));
  return isUnheard(findings) ? 1 : 0;
}

const nothing = { says: 'Nothing was done.', usual: false };
