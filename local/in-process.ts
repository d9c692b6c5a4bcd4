/** The door without a network: an SDK client's request handler that runs the same codec in process. */
import { HttpResponse } from '@smithy/core/transport';
import { answer, type Services, type Witnesses } from './answer.ts';
import { toUuid } from './uuid.ts';
import type { WireRequest } from './wire/messages.ts';

/** What an SDK client hands to its request handler. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

export function toRequestHandler(services: Services, witnesses?: Witnesses) {
  let requests = 0;
  return {
    handle: async (request: SdkRequest): Promise<{ response: HttpResponse }> => {
      requests += 1;
      const response = await answer(toWire(request), services, toUuid(requests), witnesses);
      const { status: statusCode, headers, body } = response;
      return { response: new HttpResponse({ statusCode, headers, body: Buffer.from(body) }) };
    },
  };
}

function toWire({ method, path, query, headers, body }: SdkRequest): WireRequest {
  return {
    method,
    path,
    query: toQuery(query ?? {}),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : ''),
  };
}

function toQuery(query: NonNullable<SdkRequest['query']>): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value ?? ''].flat().map((item): [string, string] => [key, item]),
  );
  return new URLSearchParams(pairs);
}
