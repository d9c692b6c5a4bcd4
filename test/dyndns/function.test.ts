/** The packaged function behind the played API Gateway: what clients see of it, and what its log shows of them. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { type Deployed, deployHomes, packageHomes } from './deployed.ts';
import { cabin, home } from './house.ts';

const { packageDir, remove } = await packageHomes();
let deployed: Deployed;
beforeAll(async () => {
  deployed = await deployHomes(packageDir);
});
afterAll(async () => {
  await deployed.stop();
  await remove();
});

const basic = ({ user, password } = deployed.login) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const ask = (target: string, init: RequestInit = {}) =>
  fetch(`${deployed.url}${target}`, { headers: { authorization: basic() }, ...init });

test('moves a name, and then says that it is there', async () => {
  const target = `/nic/update?hostname=${home},${cabin}&myip=203.0.113.7,2001:db8::7`;
  const response = await ask(target);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain');
  const line = 'good 203.0.113.7,2001:db8::7\n';
  expect(await response.text()).toBe(line.repeat(2));
  // ddclient reads no chunks.
  expect(response.headers.get('content-length')).toBe(String(2 * line.length));
  expect(deployed.resolve(home)).toBe('203.0.113.7');
  expect(deployed.resolve(cabin, 'AAAA')).toBe('2001:db8::7');
  const again = await ask(target);
  expect(await again.text()).toBe('nochg 203.0.113.7,2001:db8::7\n'.repeat(2));
});

test('takes a form by the other path', async () => {
  const body = new URLSearchParams({ hostname: home, myip: '203.0.113.8' });
  const response = await ask('/v3/update', { method: 'POST', body });
  expect(await response.text()).toBe('good 203.0.113.8\n');
});

test('answers a client of HTTP/1.0 as it is', async () => {
  const socket = connect(Number(new URL(deployed.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const lines = [`GET /v3/update?hostname=${home}&offline=YES HTTP/1.0`, 'Host: 127.0.0.1'];
  socket.write([...lines, `Authorization: ${basic()}`, '', ''].join('\r\n'));
  const [head, body] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head).not.toMatch(/chunked/i);
  expect(body).toBe('good 192.0.2.1,100::1\n');
});

test('asks for a login that is not there', async () => {
  const response = await ask(`/nic/update?hostname=${home}`, { headers: {} });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
  expect(await response.text()).toBe('badauth\n');
});

test('says 911 while AWS has a fault, which is none of the client, and no more about it', async () => {
  deployed.aws.world.setFaults((service) =>
    service === 'route53' ? new AwsFault('AccessDenied', 'User: arn:… may not', 403) : null,
  );
  const response = await ask(`/nic/update?hostname=${home}&myip=203.0.113.9`);
  deployed.aws.world.setFaults(() => null);
  expect(response.status).toBe(503);
  expect(await response.text()).toBe('911\n');
  expect(deployed.log.join('\n')).toContain('AccessDenied');
});

test('logs what was answered and why, and no secret', async () => {
  const guess = { ...deployed.login, password: 'correct-horse' };
  const headers = { authorization: basic(guess) };
  const target = `/nic/update?hostname=${home},swordfish&myip=opensesame`;
  expect(await (await ask(target, { headers })).text()).toBe('badauth\nnotfqdn\n');
  const log = deployed.log.join('\n');
  expect(log).toContain(
    '"word":"badauth","host":"home.example.org","why":"another user or password"',
  );
  expect(log).toContain('"word":"good","host":"home.example.org","addresses":["203.0.113.8"]');
  const stored = [...deployed.aws.world.parameters].flatMap(([name, { versions }]) =>
    name.includes('/dyndns/') && !name.includes('/memory/') ? versions : [],
  );
  expect(stored).toHaveLength(2);
  const { salt, hash } = JSON.parse(stored[0]?.value ?? '{}');
  const secrets = [deployed.login.password, basic().slice(6), salt, hash];
  for (const secret of [
    ...secrets,
    'correct-horse',
    basic(guess).slice(6),
    'swordfish',
    'opensesame',
  ])
    expect(log).not.toContain(secret);
});
