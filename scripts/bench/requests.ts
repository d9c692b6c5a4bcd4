/** What each function is asked on a quiet day, and what AWS answers it: the bench's events, by the functions' names. */
import { createHash } from 'node:crypto';
import { emptyMemory } from '../../shared/core/memory.ts';
import { toHash } from '../../shared/dyndns/credential.ts';
import { newToken } from '../../shared/http/token.ts';
import { write } from '../../shared/tell/documents.ts';
import { toStory } from '../../shared/tell/story.ts';
import { type Answers, toQuietDay } from './canned.ts';

const tick = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
const login = { user: 'home', password: 'an-example-and-no-secret' };
const salt = createHash('md5').update('an example of a salt').digest('base64');
const { token, stored } = newToken();

export const requests: Record<string, object> = {
  reconcile: tick,
  tell: tick,
  api: toHttp('/status', '', `Bearer ${token}`),
  profile: toHttp('/users/ann/profile', 'for=ubuntu', `Bearer ${token}`),
  dyndns: toHttp(
    '/nic/update',
    'hostname=home.example.org&myip=203.0.113.8',
    `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`,
  ),
};

/** The loop's quiet day, and what the others ask of it. */
export function toAnswers(now: () => number): Answers {
  const story = toStory({ memory: emptyMemory, entries: [] });
  const secret = { password: 'an-example', presharedKey: null, publicKey: null, address: null };
  const values: Record<string, string> = {
    'api/token': JSON.stringify(stored),
    'dyndns/home.example.org': JSON.stringify({ ...login, salt, hash: toHash(salt, login) }),
    'told/bookmark': write({ version: 1, story }),
    'users/ann': JSON.stringify({ ...secret, old: null }),
  };
  const toParameter = (name: string) => {
    const Value = values[name.replace('/perennial/home/', '')] ?? '{}';
    return { Name: name, Type: 'String', Value, Version: 1, LastModifiedDate: now() / 1_000 };
  };
  return {
    ...toQuietDay(now),
    GetParameter(body) {
      const { Name } = JSON.parse(body) as { Name: string };
      return { body: JSON.stringify({ Parameter: toParameter(Name) }) };
    },
    GetParameters(body) {
      const { Names } = JSON.parse(body) as { Names: string[] };
      return { body: JSON.stringify({ Parameters: Names.map(toParameter) }) };
    },
  };
}

/** The event of API Gateway, payload 2.0. */
function toHttp(rawPath: string, rawQueryString: string, authorization: string): object {
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.9' };
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: { authorization },
    requestContext: { http, requestId: 'one' },
    isBase64Encoded: false,
  };
}
