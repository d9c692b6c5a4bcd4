/** What ddclient and inadyn were recorded to send, replayed one after the other to homes of those names. */
import { expect, test } from 'vitest';
import { toLogin } from '../../shared/dyndns/login.ts';
import { toResponse } from '../../shared/dyndns/reply.ts';
import { setHouse, source } from './house.ts';
import { recorded } from './recorded.ts';

test('each is answered as its client expects', async () => {
  const hosts = ['home.example.org', 'vpn.example.org'];
  const names = { PERENNIAL_NAME: 'gate.example.org', PERENNIAL_HOME: hosts.join() };
  const house = setHouse(names);
  const told: string[] = [];
  for (const request of recorded) {
    const login = toLogin(request.login);
    expect(login?.user).toBe('alice');
    if (login) await house.admit(hosts, login);
    told.push(String(toResponse(await house.ask(request)).body));
  }
  expect(told).toEqual([
    'good 198.51.100.9\ngood 198.51.100.9\n',
    `good ${source}\n`,
    'good 198.51.100.9\n',
    'good 203.0.113.7\n',
    'nochg 203.0.113.7\n',
    'good 203.0.113.7\n',
  ]);
  expect(hosts.map((host) => house.records(host))).toEqual([
    { A: '203.0.113.7' },
    { A: '203.0.113.7' },
  ]);
});
