/** Posts a message to a webhook. What goes wrong is an answer, in words that hold neither its URL nor its page. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { sendMaxMs } from '../tell/limits.ts';
import type { SlackMessage } from '../tell/message.ts';
import type { Delivery, TellPorts } from '../tell/ports.ts';

/** Slack answers "ok", or one word of error; of a page no more is wanted. */
const answerMax = 200;

export function toSend(timeoutMs = sendMaxMs, now = Date.now): TellPorts['send'] {
  return async (webhook, message) => {
    const url = webhook.open();
    if (!url) return { kind: 'refused', why: 'the parameter slack is no https URL' };
    try {
      return toDelivery(await post(url, message, timeoutMs), now());
    } catch (error) {
      return { kind: 'later', why: toWhy(error, timeoutMs), afterMs: null };
    }
  };
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  word: string;
}

function post(url: URL, message: SlackMessage, timeoutMs: number): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(message));
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': body.byteLength,
      },
      // A connection kept since the last run may have died while the function was frozen.
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => readAnswer(incoming).then(resolve, reject));
    outgoing.end(body);
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of incoming) if (text.length <= answerMax) text += String(chunk);
  const { statusCode = 0, headers } = incoming;
  const word = /^[a-z_]{1,60}$/.exec(text.trim())?.[0] ?? '';
  return { status: statusCode, retryAfter: headers['retry-after'], word };
}

/** By Slack's documented answers (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
function toDelivery({ status, retryAfter, word }: Answer, now: number): Delivery {
  const says = `the receiver answers ${status}${word && ` ${word}`}`;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 404 || status === 410)
    return {
      kind: 'refused',
      why: `${says}: the webhook is gone, or its channel is; set a new one`,
    };
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'later', why: says, afterMs: toMs(retryAfter, now) };
  return { kind: 'refused', why: says };
}

/** Retry-After: seconds, or a date. */
function toMs(retryAfter: string | undefined, now: number): number | null {
  if (!retryAfter) return null;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** By the error's code alone: its message may quote where it went. */
function toWhy(error: unknown, timeoutMs: number): string {
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError')
    return `the receiver did not answer within ${timeoutMs / 1_000} s`;
  return `the receiver can't be reached (${code ?? name})`;
}
