/** Asks the HTTP API's questions, whoever answers them: the API itself, or the same routes run here. */
import { randomUUID } from 'node:crypto';
import { Trouble } from './trouble.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Asking {
  query?: Record<string, string | number>;
  body?: object;
}

/** Throws a Trouble in the words of the one who refused. */
export interface Caller {
  ask: <T>(method: Method, path: string, asking?: Asking) => Promise<T>;
}

/** The API answers within 30 seconds, or API Gateway does. */
const timeoutMs = 35_000;

export function toHttpCaller(api: string, token: string, signal: AbortSignal): Caller {
  const base = toBase(api);
  return {
    async ask<T>(method: Method, path: string, { query = {}, body }: Asking = {}) {
      const url = new URL(`${base}${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
      const init = {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        },
        ...(body && { body: JSON.stringify(body) }),
      };
      const send = () =>
        fetch(url, {
          ...init,
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
      // On a bad line it may have arrived all the same: by its key it is done once.
      const response = await send().catch((error: unknown) => {
        if (signal.aborted) throw error;
        return send().catch((again: unknown) => {
          throw new Trouble(toUnreachable(api, again), { isPassing: true });
        });
      });
      const text = await response.text();
      if (!response.ok) throw toRefusal(response.status, text);
      return (text ? JSON.parse(text) : undefined) as T;
    },
  };
}

/** A token goes over TLS, or stays on this machine. */
function toBase(api: string): string {
  const url = URL.parse(api);
  if (!url) throw new Trouble(`${api} is no address: give one like https://….amazonaws.com.`);
  const isHere = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw new Trouble(`${api} would show the token to the network: give an https address.`);
  return url.href.replace(/\/$/, '');
}

function toUnreachable(api: string, error: unknown): string {
  const { cause, name } = error as Error;
  const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
  return `Nobody answers at ${api} (${why}): is this machine online, and is that the address?`;
}

/** A problem says it in `detail` (RFC 9457), API Gateway in `message`. */
export function toRefusal(status: number, text: string): Trouble {
  const { detail, message, errors = [] } = toProblem(text);
  // What is wrong with a body says all of it itself.
  const faults = errors.map((fault) => `${fault.at.replace(/^[/?]/, '')} ${fault.detail}`.trim());
  const sentence = faults.length
    ? `${faults.join('; ')}.`
    : (detail ?? message ?? `The API answered ${status}.`);
  const advice = status === 401 ? ' Make a new one with "vpn token".' : '';
  return new Trouble(sentence + advice, { isPassing: status === 429 || status >= 500 });
}

interface Problem {
  detail?: string;
  message?: string;
  errors?: { at: string; detail: string }[];
}

function toProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
