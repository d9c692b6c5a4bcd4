/** Asks the API, with the token; what it refuses is thrown as the sentence that it says. */

/** `message` says what to do; `status` is 0 when nobody answered. */
export class Refusal extends Error {
  readonly status: number;
  /** How long the API wants not to be asked, milliseconds. */
  readonly afterMs: number;

  constructor(status: number, message: string, afterMs = 0) {
    super(message);
    this.status = status;
    this.afterMs = afterMs;
  }
}

export interface Api {
  get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  send: <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<T>;
}

/** API Gateway ends any answer at 30 s: what takes longer is lost on the way. */
const answerMaxMs = 35_000;

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
  const { response, text } = await reach(path, init);
  const answer = read(response, text);
  if (response.ok) return answer as T;
  throw new Refusal(response.status, toSentence(response.status, answer), toAfterMs(response));
}

async function reach(
  path: string,
  init: RequestInit,
): Promise<{ response: Response; text: string }> {
  const late = AbortSignal.timeout(answerMaxMs);
  const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
  try {
    const response = await fetch(path, { ...init, signal, cache: 'no-store' });
    return { response, text: await response.text() };
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const says = late.aborted ? 'No answer came in time' : 'Nobody answers';
    throw new Refusal(0, `${says}: is this device online?`);
  }
}

/** Whatever stands between can answer too, and then with a page. */
function read({ status, headers }: Response, text: string): unknown {
  if (!text) return undefined;
  try {
    if (/json/.test(headers.get('content-type') ?? '')) return JSON.parse(text) as unknown;
  } catch {
    // Cut off: no more to be read than a page would be.
  }
  const says = `Something else than the API answered (${status})`;
  throw new Refusal(status >= 400 ? status : 0, `${says}: does this network want a sign-in first?`);
}

/** A problem says it in `detail` (RFC 9457); API Gateway's own `message` does not say what to do. */
function toSentence(status: number, answer: unknown): string {
  const { detail, message } = (answer ?? {}) as { detail?: string; message?: string };
  return detail ?? ofGateway(status, message);
}

function ofGateway(status: number, message: string | undefined): string {
  if (status === 429) return 'Too much was asked at once: wait a moment.';
  if (status >= 500) return `The API does not answer just now (${status}): try again.`;
  return message ?? `The API answered ${status}.`;
}

function toAfterMs({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after'));
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

export function toWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
