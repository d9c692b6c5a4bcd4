/** The agent signs as AWS's own SDK does: the same request, the same signature. */
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { HttpResponse } from '@smithy/core/transport';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

interface Signed {
  url: string;
  headers: Record<string, string>;
  body: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
}

const regions = ['us-east-1', 'eu-central-1', 'ap-southeast-4'];
const letters = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' });
const key = fc.stringMatching(/^[A-Za-z0-9/+=]{1,60}$/);

const cases = fc.record({
  region: fc.constantFrom(...regions),
  endpoint: fc.constantFrom(undefined, 'http://127.0.0.1:4566', 'https://door.example:8443'),
  value: fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }),
  name: letters,
  credentials: fc.record({ accessKeyId: key, secretAccessKey: key, sessionToken: key }),
  clockOffsetMs: fc.integer({ min: -1e12, max: 1e11 }),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

async function signBySdk({ region, endpoint, value, name, credentials, clockOffsetMs }: Case) {
  const sent: Signed[] = [];
  const client = new SSMClient({
    region,
    credentials,
    ...(endpoint && { endpoint }),
    systemClockOffset: clockOffsetMs,
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: Uint8Array } & Address) => {
        const { protocol, hostname, port, headers, body } = request;
        const url = `${protocol}//${hostname}${port ? `:${port}` : ''}`;
        sent.push({ url, headers, body: new TextDecoder().decode(body), region, credentials });
        return { response: new HttpResponse({ statusCode: 200, body: Buffer.from('{}') }) };
      },
    },
  });
  await client.send(new PutParameterCommand({ Name: name, Value: value, Overwrite: true }));
  return sent;
}

interface Address {
  protocol: string;
  hostname: string;
  port?: number;
}

const script = `
from datetime import datetime, timezone
from server.sigv4 import Credentials, sign

def again(signed):
    theirs = signed['headers']
    names = theirs['authorization'].split('SignedHeaders=')[1].split(',')[0].split(';')
    own = ('host', 'x-amz-date', 'x-amz-security-token')
    headers = {name: theirs[name] for name in names if name not in own}
    now = datetime.strptime(theirs['x-amz-date'], '%Y%m%dT%H%M%SZ').replace(tzinfo=timezone.utc)
    keys = signed['credentials']
    credentials = Credentials(keys['accessKeyId'], keys['secretAccessKey'], keys['sessionToken'], now)
    body = signed['body'].encode()
    return sign(signed['url'], headers, body, region=signed['region'], service='ssm', credentials=credentials, now=now)

answer = [again(signed) for signed in asked]
`;

test('two hundred requests', async () => {
  const signed = (await Promise.all(fc.sample(cases, 200).map(signBySdk))).flat();
  expect(signed).toHaveLength(200);
  const again = askPython<Record<string, string>[]>(script, signed);
  const authorizations = (all: Record<string, string>[]) => all.map((one) => one.authorization);
  expect(authorizations(again)).toEqual(authorizations(signed.map(({ headers }) => headers)));
});
