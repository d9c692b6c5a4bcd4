/** How the agent asks Parameter Store: by one connection, as long as that stands. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runPython } from './python.ts';

const script = `
import ssl
from server import web
web.to_context = lambda: ssl.create_default_context(cadata=asked['cert'])

def ask(path):
    try:
        return web.ask('POST', asked['url'] + path, {}, b'{}').body.decode()
    except web.Unreachable as fault:
        return 'unreachable'

answer = []
for path in asked['paths']:
    if path == 'later':
        web.kept = {host: (line, at - web.KEPT_SECONDS) for host, (line, at) in web.kept.items()}
    else:
        answer.append(ask(path))
`;

const folder = mkdtempSync(join(tmpdir(), 'perennial-web-'));
let server: ReturnType<typeof createServer>;
let cert: string;
/** Answers by which of its connections it was asked; `/end` is that connection's last answer, and says so to nobody. */
beforeAll(async () => {
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key -out cert`;
  execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'ignore' });
  cert = readFileSync(join(folder, 'cert'), 'utf8');
  server = createServer({ key: readFileSync(join(folder, 'key')), cert });
  let count = 0;
  const numbers = new WeakMap<object, number>();
  server.on('secureConnection', (socket) => {
    count += 1;
    numbers.set(socket, count);
  });
  server.on('request', (asked, answer) => {
    if (asked.url === '/hang-up') return void asked.socket.destroy();
    answer.end(String(numbers.get(asked.socket)));
    if (asked.url === '/end') answer.on('finish', () => asked.socket.end());
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('one connection, until it has ended or was not used for a while', async () => {
  const { port } = server.address() as AddressInfo;
  const paths = ['/', '/', '/end', '/', '/', 'later', '/', '/hang-up', '/'];
  const url = `https://localhost:${port}`;
  const answered = await runPython<string[]>(script, { cert, url, paths });
  expect(answered).toEqual(['1', '1', '1', '2', '2', '3', 'unreachable', '5']);
});
