/** What is asked of Fault Injection Service, as it goes over the wire, and how its refusals are read. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { toFis } from '../../scripts/vpn/drill/fis.ts';

interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Arrived {
  line: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** As AWS looks at what has arrived (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). */
function isSigned({ line, headers, body }: Arrived): boolean {
  const [, day = '', names = '', signature] =
    /Credential=AKID\/(\d{8})\/.*SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const [method, target = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');
  const canonical = [
    method,
    path.split('/').map(encodeURIComponent).join('/'),
    query,
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/us-east-1/fis/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, 'us-east-1', 'fis', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    'AWS4secret',
  );
  return hmac(key, text).toString('hex') === signature;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** Answers one after the other, the last one from then on. */
async function serve(...answers: Answer[]) {
  const asked: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const body = Buffer.concat(chunks).toString();
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const {
      status,
      body: says,
      headers,
    } = answers.length > 1 ? (answers.shift() as Answer) : (answers[0] as Answer);
    response.writeHead(status, headers).end(says);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const fis = toFis({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: async () => ({
      accessKeyId: 'AKID',
      secretAccessKey: 'secret',
      sessionToken: 'token',
    }),
    maxAttempts: 3,
  });
  return { fis, asked };
}

const ok = (body: object): Answer => ({ status: 200, body: JSON.stringify(body) });

test('calls are signed for the service, with what is temporary about the key', async () => {
  const { fis, asked } = await serve(ok({ action: {} }));
  await fis.findAction('aws:ec2:send-spot-instance-interruptions');
  expect(asked[0]).toMatchObject({
    line: 'GET /actions/aws%3Aec2%3Asend-spot-instance-interruptions',
    headers: {
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/us-east-1\/fis\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/,
      ),
      'x-amz-security-token': 'token',
    },
    body: '',
  });
  expect(asked.map(isSigned)).toEqual([true]);
});

test('a list is read to its end', async () => {
  const { fis, asked } = await serve(
    ok({ experimentTemplates: [{ id: 'EXT1', tags: { a: 'b' } }], nextToken: 'a b+c' }),
    ok({ experimentTemplates: [{ id: 'EXT2' }] }),
  );
  expect(await fis.listTemplates()).toEqual([
    { id: 'EXT1', tags: { a: 'b' } },
    { id: 'EXT2', tags: {} },
  ]);
  expect(asked.map(({ line }) => line)).toEqual([
    'GET /experimentTemplates',
    'GET /experimentTemplates?nextToken=a%20b%2Bc',
  ]);
  expect(asked.map(isSigned)).toEqual([true, true]);
});

test.each([500, 429])(
  'what AWS has trouble with (%d) is asked again, as the same call',
  async (status) => {
    const { fis, asked } = await serve(
      { status, body: '' },
      ok({ experiment: { id: 'EXP1', state: { status: 'pending' } } }),
    );
    expect((await fis.start('a token', 'EXT1', {})).id).toBe('EXP1');
    const [first, second] = asked.map(({ body }) => body);
    expect(first).toBe('{"clientToken":"a token","experimentTemplateId":"EXT1","tags":{}}');
    expect(second).toBe(first);
    expect(asked.map(isSigned)).toEqual([true, true]);
  },
);

test.each<[what: string, answer: Answer, name: string, message: string]>([
  [
    'by a header',
    {
      status: 403,
      body: '{"message":"no"}',
      headers: { 'x-amzn-errortype': 'AccessDeniedException:http://aws' },
    },
    'AccessDeniedException',
    'no',
  ],
  [
    'in words of another case',
    {
      status: 400,
      body: '{"Message":"no"}',
      headers: { 'x-amzn-errortype': 'ValidationException' },
    },
    'ValidationException',
    'no',
  ],
  [
    'without any',
    { status: 404, body: '<html>' },
    'Http404',
    'Fault Injection Service answered 404.',
  ],
])('a refusal is an error with its code: %s', async (_, answer, name, message) => {
  const { fis, asked } = await serve(answer);
  await expect(fis.stop('EXP1')).rejects.toMatchObject({ name, message });
  expect(asked).toHaveLength(1);
});

test('an answer without what was asked for is an error', async () => {
  const { fis } = await serve(ok({}));
  await expect(fis.read('EXP1')).rejects.toThrow('AWS answered without experiment');
});
