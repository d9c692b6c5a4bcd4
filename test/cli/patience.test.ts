/** An API that fails for a moment, and one that says odd things: what `vpn` makes of them. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runVpn, setHome } from './stage.ts';

const { env } = setHome();

const entries = [{ at: '2026-11-22T05:00:00Z', kind: 'pointing', why: 'It serves' }];
const status = {
  name: 'vpn.example.org',
  state: 'serving',
  power: { wanted: 'on' },
  server: null,
};

/** Answers as told, and keeps what it was asked. */
async function openApi(answer: (path: string, count: number) => [number, string]) {
  const asked: { path: string; key: string | undefined; token: string | undefined }[] = [];
  const listen: RequestListener = ({ url = '', headers }, response) => {
    const { authorization: token } = headers;
    asked.push({ path: url, key: headers['idempotency-key'] as string | undefined, token });
    const [code, body] = answer(url, asked.length);
    if (code === 0) response.destroy();
    else response.writeHead(code, { location: 'http://127.0.0.1:65535/' }).end(body);
  };
  const server = createServer(listen).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const here = { PERENNIAL_API: `http://127.0.0.1:${port}`, PERENNIAL_TOKEN: 'a-token' };
  return { asked, vpn: (line: string) => runVpn(line, { ...env, ...here }) };
}

test('watch goes on over a moment of 503', async () => {
  const { vpn } = await openApi((path, count) => {
    if (count === 2) return [503, '{"detail":"AWS does not answer just now: try again."}'];
    return [200, JSON.stringify(path === '/status' ? status : { entries, before: null })];
  });
  const { code, stdout } = await vpn('watch --settled --json');
  expect([code, stdout]).toEqual([0, `${JSON.stringify(entries[0])}\n`]);
});

test('what may have arrived is sent again under the same key, so that it is done once', async () => {
  const { asked, vpn } = await openApi((_, count) =>
    count === 1 ? [0, ''] : [409, '{"detail":"It was done already."}'],
  );
  const { code, stderr } = await vpn('users add alice');
  expect([code, stderr]).toEqual([1, 'vpn: It was done already.\n']);
  expect(asked).toHaveLength(2);
  expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  expect(asked[1]?.key).toBe(asked[0]?.key);
});

test('the token is carried to nobody that the API points to', async () => {
  const { asked, vpn } = await openApi(() => [302, '']);
  const { code, stderr } = await vpn('status');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^vpn: Nobody answers at http:/)]);
  expect(new Set(asked.map(({ token }) => token))).toEqual(new Set(['Bearer a-token']));
});

test.each([
  [429, '{"message":"Too Many Requests"}', 'vpn: Too Many Requests\n'],
  [500, '<html>', 'vpn: The API answered 500.\n'],
  [
    422,
    '{"detail":"That is not asked for.","errors":[{"at":"/name","detail":"is too long"}]}',
    'vpn: name is too long.\n',
  ],
])('%i is told in its own words', async (answered, body, said) => {
  const { vpn } = await openApi(() => [answered, body]);
  expect(await vpn('users remove alice')).toEqual({ code: 1, stdout: '', stderr: said });
});
