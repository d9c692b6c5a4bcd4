/** Asks the API, with the token; what it refuses is thrown as the sentence that it says. */

/** `message` says what to do; `status` is 0 when nobody answered. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Api {
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  send: <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<T>;
}

/** `onSignedOut` is told when the token does not count any more. */
export function toApi(token: string, onSignedOut: (why: string) => void): Api {
  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    try {
      return await answerOf<T>(path, init);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) onSignedOut(error.message);
      throw error;
    }
  }
  const authorization = `Bearer ${token}`;
  return {
    get: (path, signal) => ask(path, { headers: { authorization }, ...(signal && { signal }) }),
    send<T>(method: string, path: string, body?: object) {
      const headers = {
        authorization,
        ...(body && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
      };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      return ask<T>(path, init).catch((error: unknown) => {
        // On a bad line it may have arrived all the same: by its key it is done once.
        if (error instanceof Refusal && error.status === 0) return ask<T>(path, init);
        throw error;
      });
    },
  };
}

async function answerOf<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { ...init, cache: 'no-store' }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new Refusal(0, 'Nobody answers: is this device online?');
  });
  const text = await response.text();
  if (!response.ok) throw new Refusal(response.status, toSentence(response, text));
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A problem says it in `detail` (RFC 9457), API Gateway in `message`. */
function toSentence({ status, headers }: Response, text: string): string {
  if (!/json/.test(headers.get('content-type') ?? '')) return `The API answered ${status}.`;
  const {
    detail,
    message,
    errors = [],
  } = JSON.parse(text) as {
    detail?: string;
    message?: string;
    errors?: { at: string; detail: string }[];
  };
  const faults = errors.map((fault) => `${fault.at.replace(/^\//, '')} ${fault.detail}`);
  return [detail ?? message ?? `The API answered ${status}.`, ...faults].join(' ');
}

export function toWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
