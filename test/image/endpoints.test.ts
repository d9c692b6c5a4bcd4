/** Where clients are, as one server tells the next: all of it comes back, and nothing else is taken for it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toEndpoints } from './cloud.ts';
import { askPython } from './python.ts';

const unpack = (cases: [users: string[], text: unknown][]) =>
  askPython<(Record<string, string> | string)[]>(
    `
from server import endpoints
def read(users, text):
    try:
        return endpoints.unpack(users, text)
    except (ValueError, TypeError) as fault:
        return type(fault).__name__
answer = [read(*case) for case in asked]
`,
    cases,
  );

const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,19}$/);
const endpoint = fc
  .tuple(fc.constantFrom('198.51.100', '203.0.113', '8.8.8', '10.0.0'), fc.nat(255), fc.nat(65_534))
  .map(([net, last, port]) => `${net}.${last}:${port + 1}`);

test('any hundred come back, by name, whoever else is let in and not there', () => {
  const scenes = fc.sample(
    fc.tuple(
      fc.dictionary(name, endpoint, { maxKeys: 100, size: 'max' }),
      fc.uniqueArray(name, { maxLength: 20 }),
    ),
    100,
  );
  const packed = askPython<string[]>(
    'from server import endpoints\nanswer = [endpoints.pack(*case) for case in asked]',
    scenes.map(([where, others]) => [[...Object.keys(where), ...others], where]),
  );
  const users = scenes.map(([where, others]) => [...Object.keys(where), ...others].toReversed());
  expect(unpack(packed.map((text, index) => [users[index] ?? [], text]))).toEqual(
    scenes.map(([where]) => where),
  );
});

test('an address of IPv6 is left out, since that one does not move', () => {
  const where = { ann: '[2001:db8::1]:40000', bob: '198.51.100.7:40000' };
  const [packed] = askPython<string[]>(
    'from server import endpoints\nanswer = [endpoints.pack(asked, asked)]',
    where,
  );
  expect(packed).toBe(toEndpoints(['ann', 'bob'], { bob: '198.51.100.7:40000' }));
});

test.each([
  ['loopback', '127.0.0.1:51820'],
  ['the metadata service', '169.254.169.254:80'],
  ['everybody', '224.0.0.1:5353'],
  ['nobody', '0.0.0.0:40000'],
  ['the broadcast', '255.255.255.255:40000'],
  ['no port', '198.51.100.7:0'],
])('%s is no place for a client, and the others stay', (_, place) => {
  const all = { ann: place, bob: '198.51.100.8:40001' };
  expect(unpack([[['ann', 'bob'], toEndpoints(['ann', 'bob'], all)]])).toEqual([
    { bob: '198.51.100.8:40001' },
  ]);
});

test.each<[string, unknown, string]>([
  ['of fewer users', toEndpoints(['ann'], {}), 'ValueError'],
  ['cut off', 'AAAA', 'ValueError'],
  ['no base64', '198.51.100.7:40000', 'Error'],
  ['an older form', { ann: '198.51.100.7:40000' }, 'TypeError'],
  ['a number', 7, 'TypeError'],
])('what is %s is not read', (_, text, fault) => {
  expect(unpack([[['ann', 'bob'], text]])).toEqual([fault]);
});
