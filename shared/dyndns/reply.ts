/** The words of the dyndns2 protocol, and the HTTP responses that they are sent in. */
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Why a host, or the whole request, is refused. */
export type Refused =
  | 'badauth'
  | 'notfqdn'
  | 'nohost'
  | 'numhost'
  | 'abuse'
  | 'badagent'
  | 'dnserr';

/** Reasons are for the log alone. */
export type Answer =
  | { word: 'good' | 'nochg'; host: string; addresses: string[] }
  | { word: Refused; host?: string; why: string };

export interface Reply {
  statusCode: 200 | 401;
  /** One for each host, in the order asked; or one for the whole request. */
  answers: Answer[];
}

/** Turns the handler's reply into HTTP, and whatever it throws into the protocol's word for a passing fault. */
export const spoken: MiddlewareObj<unknown, unknown> = {
  after(request) {
    request.response = toResponse(request.response as Reply);
  },
  onError(request) {
    // ddclient and inadyn come again after a 503, but give up after a 911 that comes with a 200.
    request.response = toHttp(503, ['911']);
  },
};

export function toResponse({ statusCode, answers }: Reply): APIGatewayProxyStructuredResultV2 {
  return toHttp(statusCode, answers.map(toLine));
}

function toLine(answer: Answer): string {
  return 'addresses' in answer ? `${answer.word} ${answer.addresses.join(',')}` : answer.word;
}

function toHttp(statusCode: number, lines: string[]): APIGatewayProxyStructuredResultV2 {
  const headers = {
    'content-type': 'text/plain',
    'cache-control': 'no-store',
    // Some clients send their login only once they are asked for it.
    ...(statusCode === 401 && { 'www-authenticate': 'Basic realm="Perennial", charset="UTF-8"' }),
  };
  return { statusCode, headers, body: `${lines.join('\n')}\n` };
}
