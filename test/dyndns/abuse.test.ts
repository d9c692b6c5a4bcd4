/** Abuse is slowed, in virtual time: the bounds, that they end, and that nobody else is slowed with whom they slow. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Login } from '../../shared/dyndns/login.ts';
import { toResponse } from '../../shared/dyndns/reply.ts';
import { cabin, type House, home, setHouse } from './house.ts';

const minuteMs = 60_000;
const guesser = '198.51.100.66';

let house: House;
let login: Login;
beforeEach(async () => {
  house = setHouse();
  login = await house.add({ hosts: [home, cabin] });
  house.calls.splice(0);
});

async function ask(from: string, given: Login, address: string, host = home): Promise<string> {
  const query = `hostname=${host}&myip=${address}`;
  return String(toResponse(await house.ask({ query, login: given, from })).body).trim();
}
const guess = (from = guesser) => ask(from, { ...login, password: 'guess' }, '203.0.113.66');
const update = (address: string, host = home) => ask('203.0.113.5', login, address, host);
const times = async (count: number, what: (index: number) => Promise<string>) => {
  const words: string[] = [];
  for (let index = 0; index < count; index++) words.push(await what(index));
  return words;
};
const writes = () => house.calls.filter((call) => call === 'PutParameter').length;

describe('whoever guesses passwords', () => {
  test('has five tries, and then none for ten minutes, even with the right one', async () => {
    expect(await times(7, () => guess())).toEqual([...Array(5).fill('badauth'), 'abuse', 'abuse']);
    expect(await ask(guesser, login, '203.0.113.66')).toBe('abuse');
    house.pass(10 * minuteMs - 1);
    expect(await ask(guesser, login, '203.0.113.66')).toBe('abuse');
    house.pass(1);
    expect(await ask(guesser, login, '203.0.113.66')).toBe('good 203.0.113.66');
  });

  test('gets at most 720 tries a day, and as many writes', async () => {
    let tried = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      const words = await times(10, () => guess());
      tried += words.filter((word) => word === 'badauth').length;
      house.pass(minuteMs);
    }
    expect(tried).toBe(720);
    expect(writes()).toBe(720);
  });

  test('does not reach Route 53', async () => {
    await times(10, () => guess());
    expect(new Set(house.calls)).toEqual(new Set(['GetParameters', 'PutParameter']));
  });

  test('does not keep the real one out, from wherever they guess', async () => {
    for (let host = 1; host <= 40; host++) await times(6, () => guess(`198.51.100.${host}`));
    expect(await update('203.0.113.5')).toBe('good 203.0.113.5');
  });

  test('from forty places is written down for twenty', async () => {
    for (let host = 1; host <= 40; host++) await times(6, () => guess(`198.51.100.${host}`));
    expect(writes()).toBe(20 * 5);
    const bytes = Buffer.byteLength(memory());
    expect(bytes).toBeLessThan(4_096 / 2);
  });

  test('with all addresses of a network is one', async () => {
    const words = await times(6, (index) => guess(`2001:db8:0:1::${index}`));
    expect(words.at(-1)).toBe('abuse');
    expect(await guess('2001:db8:0:2::1')).toBe('badauth');
  });

  test('at one host is not slowed at another', async () => {
    await times(6, () => guess());
    expect(await ask(guesser, login, '203.0.113.5', cabin)).toBe('good 203.0.113.5');
  });
});

test('a router with an old password, every three minutes, is always told so', async () => {
  const words = await times(24, () => {
    house.pass(3 * minuteMs);
    return guess('203.0.113.5');
  });
  expect(new Set(words)).toEqual(new Set(['badauth']));
});

describe('a host that changes all the time', () => {
  const change = (index: number) => update(`203.0.113.${index + 1}`);

  test('may do so ten times an hour', async () => {
    expect(await times(10, change)).toEqual(
      Array.from({ length: 10 }, (_, index) => `good 203.0.113.${index + 1}`),
    );
    expect(await update('203.0.113.99')).toBe('abuse');
    expect(house.records(home)).toEqual({ A: '203.0.113.10' });
    // What it points to already is no change.
    expect(await update('203.0.113.10')).toBe('nochg 203.0.113.10');
    expect(await update('203.0.113.99', cabin)).toBe('good 203.0.113.99');
    house.pass(60 * minuteMs - 1);
    expect(await update('203.0.113.99')).toBe('abuse');
    house.pass(1);
    expect(await update('203.0.113.99')).toBe('good 203.0.113.99');
  });

  test('asks without an end, and nothing is written', async () => {
    await update('203.0.113.7');
    house.calls.splice(0);
    await times(100, () => update('203.0.113.7'));
    expect(new Set(house.calls)).toEqual(new Set(['GetParameters', 'ListResourceRecordSets']));
  });
});

test.each(['{', '{"failures":7}', '{"failures":[],"changes":["2999-01-01T00:00:00Z"]}'])(
  'a memory that somebody has spoilt keeps nobody out: %s',
  async (Value) => {
    const Name = `/perennial/home/dyndns/memory/${home}`;
    house.world.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
    expect(await update('203.0.113.7')).toBe('good 203.0.113.7');
    expect(JSON.parse(memory())).toEqual({ failures: [], changes: ['2026-11-22T05:00:00.000Z'] });
  },
);

function memory(): string {
  const parameter = house.world.parameters.get(`/perennial/home/dyndns/memory/${home}`);
  return parameter?.versions.at(-1)?.value ?? '';
}
