/**
 * Sends one message, once. Each try is claimed before it is made, by creating a parameter that only one can create.
 * A try that failed is followed by another; one whose maker died is not, since its message may have arrived.
 */
import type { Try } from './documents.ts';
import { firstWaitMs, staleMs, triesMax, waitMaxMs } from './limits.ts';
import type { SlackMessage } from './message.ts';
import type { Delivery, TellPorts } from './ports.ts';
import type { Webhook } from './webhook.ts';

/** `waits` keeps what comes after it waiting too, since people read from top to bottom. */
export type Delivered =
  | { kind: 'told' }
  /** Was told, or dropped, before. */
  | { kind: 'settled' }
  | { kind: 'dropped'; why: string }
  | { kind: 'waits'; why: string };

export async function deliver(
  ports: TellPorts,
  id: string,
  webhook: Webhook,
  toMessage: () => SlackMessage,
): Promise<Delivered> {
  const tries = await ports.tries(id);
  const known = judge(tries, ports.now());
  if (known.kind === 'lost') {
    const why = 'whoever was telling it has died; it may not have arrived';
    await ports.settle(id, tries.length, { outcome: 'refused', at: ports.now(), why });
    return { kind: 'dropped', why };
  }
  if (known.kind !== 'free') return known;
  const number = tries.length + 1;
  if (!(await ports.claim(id, number, ports.now()))) return beingTold;
  const outcome = toOutcome(await ports.send(webhook, toMessage()), number, ports.now());
  await ports.settle(id, number, outcome);
  if (outcome.outcome === 'told') return { kind: 'told' };
  return { kind: outcome.outcome === 'later' ? 'waits' : 'dropped', why: outcome.why };
}

const beingTold: Delivered = { kind: 'waits', why: 'it is being told just now' };

function judge(tries: Try[], now: number): Delivered | { kind: 'free' } | { kind: 'lost' } {
  const last = tries.at(-1);
  if (!last) return { kind: 'free' };
  switch (last.outcome) {
    case 'told':
    case 'refused':
      return { kind: 'settled' };
    case 'sending':
      return now - last.at < staleMs ? beingTold : { kind: 'lost' };
    case 'later':
      return now < last.again ? { kind: 'waits', why: last.why } : { kind: 'free' };
    default:
      return last satisfies never;
  }
}

type Outcome = Exclude<Try, { outcome: 'sending' }>;

function toOutcome(delivery: Delivery, number: number, at: number): Outcome {
  if (delivery.kind === 'taken') return { outcome: 'told', at };
  const { why } = delivery;
  if (delivery.kind === 'refused') return { outcome: 'refused', at, why };
  if (number >= triesMax)
    return { outcome: 'refused', at, why: `given up after ${triesMax} tries: ${why}` };
  const usual = Math.min(firstWaitMs * 2 ** (number - 1), waitMaxMs);
  const asked = Math.min(delivery.afterMs ?? 0, waitMaxMs);
  return { outcome: 'later', at, again: at + Math.max(usual, asked), why };
}
