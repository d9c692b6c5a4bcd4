/** The protocol, on a played AWS: which word a client is told, and what the name points to then. */
import { beforeEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import type { Credential } from '../../shared/dyndns/credential.ts';
import type { Login } from '../../shared/dyndns/login.ts';
import { toResponse } from '../../shared/dyndns/reply.ts';
import { cabin, type House, home, type Request, setHouse, source } from './house.ts';

let house: House;
beforeEach(() => {
  house = setHouse();
});

/** What the client reads. */
async function say(request: Request): Promise<string> {
  const { body = '' } = toResponse(await house.ask(request));
  expect(body).toMatch(/\n$/);
  return body.slice(0, -1);
}

const point = (login: Login, address: string, host = home) =>
  say({ login, query: `hostname=${host}&myip=${address}` });
const changes = () => house.calls.filter((call) => call === 'ChangeResourceRecordSets').length;

describe('a host with credentials', () => {
  let login: Login;
  beforeEach(async () => {
    login = await house.add({});
  });
  const ask = (query: string, more: Partial<Request> = {}) =>
    say({ login, query: `hostname=${home}&${query}`, ...more });

  test('is pointed to where it says, for a minute at a time', async () => {
    expect(await ask('myip=203.0.113.7')).toBe('good 203.0.113.7');
    expect(house.records(home)).toEqual({ A: '203.0.113.7' });
    const record = house.world.call('route53', 'ListResourceRecordSets', {
      HostedZoneId: 'Z0123456789ABC',
    });
    expect(record).toMatchObject({ ResourceRecordSets: [{ TTL: 60 }] });
  });

  test('is told when nothing changes, and nothing is written', async () => {
    await ask('myip=203.0.113.7');
    house.calls.splice(0);
    expect(await ask('myip=203.0.113.7')).toBe('nochg 203.0.113.7');
    expect(house.calls).toEqual(['GetParameters', 'ListResourceRecordSets']);
  });

  test('is put right when somebody has moved it by hand', async () => {
    await ask('myip=203.0.113.7');
    await ask('myip=203.0.113.8');
    expect(await ask('myip=203.0.113.7')).toBe('good 203.0.113.7');
  });

  test('without an address gets the one that the request comes from', async () => {
    expect(await ask('myip=')).toBe(`good ${source}`);
    expect(await ask('')).toBe(`nochg ${source}`);
    expect(await ask('', { from: '2001:db8::9' })).toBe('good 2001:db8::9');
    expect(house.records(home)).toEqual({ A: source, AAAA: '2001:db8::9' });
  });

  test('has an address of each kind, and each changes by itself', async () => {
    const both = 'myip=203.0.113.7,2001:db8::7';
    expect(await ask(both)).toBe('good 203.0.113.7,2001:db8::7');
    expect(house.records(home)).toEqual({ A: '203.0.113.7', AAAA: '2001:db8::7' });
    expect(await ask(both)).toBe('nochg 203.0.113.7,2001:db8::7');
    expect(await ask('myip=203.0.113.8')).toBe('good 203.0.113.8');
    expect(await ask('myipv6=2001:db8::8')).toBe('good 2001:db8::8');
    expect(await ask('myip=203.0.113.8&myipv6=2001:db8::9')).toBe('good 203.0.113.8,2001:db8::9');
    expect(house.records(home)).toEqual({ A: '203.0.113.8', AAAA: '2001:db8::9' });
    expect(changes()).toBe(4);
  });

  test('is parked when it goes offline, and comes back', async () => {
    expect(await ask('offline=YES')).toBe('good 192.0.2.1');
    expect(await ask('offline=YES')).toBe('nochg 192.0.2.1');
    await ask('myip=203.0.113.7,2001:db8::7');
    expect(await ask('offline=YES&myip=203.0.113.7')).toBe('good 192.0.2.1,100::1');
    expect(house.records(home)).toEqual({ A: '192.0.2.1', AAAA: '100::1' });
    expect(await ask('myip=203.0.113.7')).toBe('good 203.0.113.7');
  });

  test.each([
    'myip=192.0.2.1',
    'myip=127.0.0.1',
    'myip=192.168.1.1',
    'myip=0.0.0.0',
    'myip=224.0.0.1',
    'myip=169.254.169.254',
    'myip=::1',
    'myip=fd00::1',
    'myip=2002:a00:1::1',
    'myip=203.0.113.7,192.168.1.1',
    'myip=203.0.113.7&myipv6=fe80::1',
    'myip=oops',
    'myip=203.0.113.7,203.0.113.8',
  ])('is never pointed to %s', async (query) => {
    await ask('myip=203.0.113.9');
    expect(await ask(query)).toBe('dnserr');
    expect(house.records(home)).toEqual({ A: '203.0.113.9' });
    expect(changes()).toBe(1);
  });

  test("from an address that can be nobody's is not pointed there either", async () => {
    expect(await ask('', { from: '127.0.0.1' })).toBe('dnserr');
    expect(await ask('', { from: '' })).toBe('dnserr');
  });

  test("by another way: a form, Dyn's other path, ignored parameters", async () => {
    const form = `hostname=${home}&myip=203.0.113.7&wildcard=ON&mx=m.example.org&backmx=YES`;
    const more = { method: 'POST', path: '/v3/update', form };
    expect(await say({ login, query: '', ...more })).toBe('good 203.0.113.7');
    expect(house.records(`mail.${home}`)).toEqual({});
  });

  test('overwrites a name that had two addresses', async () => {
    house.world.call('route53', 'ChangeResourceRecordSets', {
      HostedZoneId: 'Z0123456789ABC',
      ChangeBatch: {
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: {
              Name: home,
              Type: 'A',
              TTL: 60,
              ResourceRecords: [{ Value: '203.0.113.7' }, { Value: '203.0.113.8' }],
            },
          },
        ],
      },
    });
    expect(await ask('myip=203.0.113.7')).toBe('good 203.0.113.7');
    expect(house.records(home)).toEqual({ A: '203.0.113.7' });
  });

  test.each<[string, Partial<Login>]>([
    ['another password', { password: 'guess' }],
    ['no password', { password: '' }],
    ['another user', { user: 'eve' }],
    ['a user in capitals', { user: 'HOME' }],
  ])('does not let %s in', async (_, wrong) => {
    expect(await point({ ...login, ...wrong }, '203.0.113.7')).toBe('badauth');
    expect(house.records(home)).toEqual({});
  });
});

describe('what a host may have', () => {
  test.each<[string, Credential['allow'], string, string]>([
    ['public addresses', [], '8.8.8.8', 'good 8.8.8.8'],
    ['no private ones', [], '192.168.1.1', 'dnserr'],
    ['no others of private use', [], '100.64.1.1', 'dnserr'],
    ['none of documentation', [], '203.0.113.7', 'dnserr'],
    ['private ones if allowed', ['private'], '192.168.1.1', 'good 192.168.1.1'],
    ['of documentation if allowed', ['documentation'], '203.0.113.7', 'good 203.0.113.7'],
    ['but not the parked one', ['documentation', 'private'], '192.0.2.1', 'dnserr'],
  ])('%s', async (_, allow, address, words) => {
    expect(await point(await house.add({ allow }), address)).toBe(words);
  });

  test('no IPv6, if that is switched off', async () => {
    const login = await house.add({ v6: false });
    expect(await point(login, '203.0.113.7,2001:db8::7')).toBe('good 203.0.113.7');
    expect(house.records(home)).toEqual({ A: '203.0.113.7' });
    expect(await point(login, '2001:db8::7')).toBe('dnserr');
  });
});

describe('several hosts', () => {
  test('are answered in the order asked, a line each', async () => {
    const login = await house.add({ hosts: [home, cabin] });
    await point(login, '203.0.113.7', cabin);
    const hosts = [cabin, home, 'shed.example.org', 'oops', cabin].join();
    expect(await point(login, '203.0.113.7', hosts)).toBe(
      ['nochg 203.0.113.7', 'good 203.0.113.7', 'nohost', 'notfqdn', 'nochg 203.0.113.7'].join(
        '\n',
      ),
    );
    expect(house.records(cabin)).toEqual(house.records(home));
  });

  test('each have their own password', async () => {
    const login = await house.add({});
    await house.add({ hosts: [cabin] });
    expect(await point(login, '203.0.113.7', `${home},${cabin}`)).toBe('good 203.0.113.7\nbadauth');
    expect(house.records(cabin)).toEqual({});
  });
});

describe('no way in', () => {
  test.each([
    ['a home without credentials', cabin, 'badauth'],
    ['a name that is no home', 'shed.example.org', 'nohost'],
    ["the VPN's own name", 'vpn.example.org', 'nohost'],
    ['a name above', 'example.org', 'nohost'],
    ['a path in a name', '../state/desired', 'notfqdn'],
    ['the memory of a home', `memory/${home}`, 'notfqdn'],
    ['a wildcard', '*.example.org', 'notfqdn'],
    ['no full name', 'home', 'notfqdn'],
    ['letters of other scripts', 'höme.example.org', 'notfqdn'],
  ])('by %s', async (_, host, word) => {
    const login = await house.add({});
    expect(await point(login, '203.0.113.7', host)).toBe(word);
    expect(changes()).toBe(0);
  });

  test.each(['{', '{}', '{"salt":"","hash":""}', 'null'])(
    'by credentials that somebody has spoilt: %s',
    async (Value) => {
      const login = await house.add({});
      const Name = `/perennial/home/dyndns/${home}`;
      house.world.call('ssm', 'PutParameter', { Name, Value, Overwrite: true });
      expect(await point(login, '203.0.113.7')).toBe('badauth');
    },
  );

  test('without a login: it is asked for', async () => {
    const response = toResponse(await house.ask({ query: `hostname=${home}` }));
    expect(response).toEqual({
      statusCode: 401,
      headers: {
        'content-type': 'text/plain',
        'cache-control': 'no-store',
        'www-authenticate': 'Basic realm="Perennial", charset="UTF-8"',
      },
      body: 'badauth\n',
    });
    expect(house.calls).toEqual([]);
  });
});

describe('when AWS does not do it', () => {
  test("a name outside of the zone is the zone's fault, and lasts", async () => {
    const login = await house.add({ hosts: ['away.example.net'] });
    expect(await point(login, '203.0.113.7', 'away.example.net')).toBe('dnserr');
  });

  test.each([
    ['Throttling', 'ListResourceRecordSets'],
    ['PriorRequestNotComplete', 'ChangeResourceRecordSets'],
    ['AccessDenied', 'ChangeResourceRecordSets'],
    ['ThrottlingException', 'GetParameters'],
  ])('%s of %s goes out, for another try', async (code, operation) => {
    const login = await house.add({});
    house.world.setFaults((_, asked) => (asked === operation ? new AwsFault(code, 'x') : null));
    await expect(point(login, '203.0.113.7')).rejects.toMatchObject({ name: code });
    expect(house.records(home)).toEqual({});
  });

  test('what can no longer be remembered goes out too, and the next try finds it done', async () => {
    const login = await house.add({});
    house.world.setFaults((_, asked) =>
      asked === 'PutParameter' ? new AwsFault('InternalServerError', 'x') : null,
    );
    await expect(point(login, '203.0.113.7')).rejects.toMatchObject({
      name: 'InternalServerError',
    });
    expect(await point(login, '203.0.113.7')).toBe('nochg 203.0.113.7');
  });

  test('two writes of the memory at once do not keep a name from moving', async () => {
    const login = await house.add({});
    house.world.setFaults((_, asked) =>
      asked === 'PutParameter' ? new AwsFault('TooManyUpdates', 'x') : null,
    );
    expect(await point(login, '203.0.113.7')).toBe('good 203.0.113.7');
  });
});
