/** What real clients sent, as API Gateway would hand it on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Request } from './house.ts';

/** Its login is the header as it was sent. */
type Recorded = Request & { login: string };

const file = join(import.meta.dirname, '../fixtures/dyndns/requests.txt');

/** In the order of the file. */
export const recorded: Recorded[] = readFileSync(file, 'utf8').split('\n\n').map(toRequest);

function toRequest(text: string): Recorded {
  const [requestLine = '', ...lines] = text.split('\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const mark = target.indexOf('?');
  const prefix = 'Authorization: ';
  const login = lines.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? '';
  return {
    method,
    path: target.slice(0, mark),
    query: target.slice(mark + 1),
    login,
  };
}
