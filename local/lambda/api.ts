/** The Lambda Runtime API over loopback HTTP, as one execution environment sees it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Outcome =
  | { kind: 'done'; value: unknown }
  | { kind: 'failed'; errorType: string; message: string };

export interface RuntimeApiListener {
  /** The event that the process has now, or undefined. */
  requestId: () => string | undefined;
  /** The process asks for an event, and is done with the one before. */
  onNext: () => void;
  onAnswer: (outcome: Outcome) => void;
  /** The process says that it can't take events at all. */
  onBroken: (outcome: Outcome) => void;
}

export interface RuntimeApi {
  /** What the process is told in AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Gives an event to the process if it waits for one, and says whether it did. */
  give: (headers: Record<string, string>, event: unknown) => boolean;
  close: () => void;
}

/** Lambda's own limit on an answer, in characters of its JSON. */
const answerMax = 6 * 1024 * 1024;

const root = '/2018-06-01/runtime';

export async function startRuntimeApi(listener: RuntimeApiListener): Promise<RuntimeApi> {
  let waiting: ServerResponse | null = null;
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    const body = await readBody(request);
    const invocation = `POST ${root}/invocation/${listener.requestId()}`;
    if (route === `GET ${root}/invocation/next`) {
      waiting = response;
      return listener.onNext();
    }
    if (route === `${invocation}/response`) listener.onAnswer(toValue(body));
    else if (route === `${invocation}/error`) listener.onAnswer(toFailure(body));
    else if (route === `POST ${root}/init/error`) listener.onBroken(toFailure(body));
    else return reply(response, 404, { errorType: 'NotFound', errorMessage: `No such ${route}` });
    return reply(response, 202, { status: 'OK' });
  }

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    give(headers, event) {
      if (!waiting) return false;
      reply(waiting, 200, event ?? null, headers);
      waiting = null;
      return true;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function toValue(body: string): Outcome {
  if (body.length <= answerMax) return { kind: 'done', value: JSON.parse(body) as unknown };
  const message = `Response payload size exceeded maximum allowed payload size (${answerMax} bytes).`;
  return { kind: 'failed', errorType: 'Function.ResponseSizeTooLarge', message };
}

interface LambdaError {
  errorType?: string;
  errorMessage?: string;
}

function toFailure(body: string): Outcome {
  const { errorType = 'Unhandled', errorMessage = '' } = JSON.parse(body || '{}') as LambdaError;
  return { kind: 'failed', errorType, message: errorMessage };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
