/** Users as Parameter Store and as a file have them: what can't be used is left out, named, and never shown. */
import { expect, test } from 'vitest';
import { askPython } from './python.ts';

interface Desired {
  users: Record<string, { version: number; secret: Record<string, string | null> }>;
  left_out: Record<string, number>;
  faults: string[];
}

const key = (letter: string) => `${letter.repeat(42)}A=`;
const good = {
  password: 'secret-1',
  publicKey: key('p'),
  presharedKey: key('s'),
  address: '10.40.2.7',
};

const pull = (parameters: Record<string, string>) =>
  askPython<Desired>(
    `
from ipaddress import IPv4Network
from server import users
desired = users.Desired()
for name, value in asked.items():
    users.add(desired, name, value, 3)
answer = json.loads(users.to_text(users.settle(desired, IPv4Network('10.40.2.0/24'))))
assert users.from_text(json.dumps(answer)) == desired
`,
    parameters,
  );

const fromFile = (text: string) =>
  askPython<Desired | string>(
    `
from server import users
try:
    answer = json.loads(users.to_text(users.from_file(asked)))
except users.Faulty as fault:
    answer = str(fault)
`,
    text,
  );

test('a whole user is taken', () => {
  const { users, faults } = pull({ alice: JSON.stringify({ ...good, old: null }) });
  expect(faults).toEqual([]);
  expect(users.alice).toMatchObject({
    version: 3,
    secret: {
      password: 'secret-1',
      public_key: key('p'),
      preshared_key: key('s'),
      address: '10.40.2.7',
    },
  });
});

const faulty: [string, string, string][] = [
  ['Alice', JSON.stringify(good), 'that is not the name of a user'],
  ['a"b', JSON.stringify(good), 'that is not the name of a user'],
  ['x', 'secret-1', 'it is not the JSON of a secret'],
  ['x', '["secret-1"]', 'it is not the JSON of a secret'],
  ['x', JSON.stringify({ publicKey: 'secret-1' }), 'it is not the JSON of a secret'],
  [
    'x',
    JSON.stringify({ ...good, old: { version: 1, until: 'tomorrow' } }),
    'it is not the JSON of a secret',
  ],
  [
    'x',
    JSON.stringify({ ...good, old: { version: 1, until: '2026-11-22T05:00:00' } }),
    'it is not the JSON of a secret',
  ],
  ['x', JSON.stringify({ ...good, publicKey: 'secret-1' }), 'a key is not 32 bytes in base64'],
  [
    'x',
    JSON.stringify({ ...good, presharedKey: `${'A'.repeat(43)}B` }),
    'a key is not 32 bytes in base64',
  ],
  ['x', JSON.stringify({ ...good, address: '10.40.2' }), 'its address is not an IPv4 address'],
  ['x', JSON.stringify({ ...good, address: '10.40.3.7' }), 'its address is not in 10.40.2.0/24'],
  ['x', JSON.stringify({ ...good, address: '10.40.2.1' }), "its key or its address is another's"],
  [
    'x',
    JSON.stringify({ ...good, address: null }),
    'it has one of a public key and an address, and needs both or neither',
  ],
];

test.each(faulty)('%s %s is left out, and the others are not', (name, value, why) => {
  const other = { password: 'other' };
  const { users, faults, left_out } = pull({ bob: JSON.stringify(other), [name]: value });
  expect(Object.keys(users)).toEqual(['bob']);
  // It is dealt with: whoever asks whether this server has today's secrets is told so.
  expect(left_out).toEqual(name === 'x' ? { x: 3 } : {});
  expect(faults).toEqual([expect.stringMatching(`^User '.+' is not let in: `)]);
  expect(faults[0]).toContain(why);
  expect(faults.join()).not.toContain('secret-1');
});

test('of two with the same key, or the same address, the first by name is let in', () => {
  const { users, faults } = pull({
    carol: JSON.stringify({ ...good, publicKey: key('q') }),
    alice: JSON.stringify(good),
    bob: JSON.stringify({ ...good, address: '10.40.2.8' }),
  });
  expect(Object.keys(users)).toEqual(['alice']);
  expect(faults).toHaveLength(2);
});

test('a file at home has a section for each', () => {
  const text = `
# My family
[alice]
password = a = "b" # c; %d
[bob]
password = x
publicKey = ${key('p')}
address = 10.40.2.9
`;
  expect(fromFile(text)).toMatchObject({
    faults: [],
    users: {
      alice: { secret: { password: 'a = "b" # c; %d', public_key: null } },
      bob: { secret: { public_key: key('p'), address: '10.40.2.9' } },
    },
  });
});

test.each([
  ['[alice]\npassword\n', /line 2 is not understood/],
  ['password = secret-1\n', /line 1 is not understood/],
  ['[a]\npassword = secret-1\n[a]\npassword = secret-1\n', /line 3 is not understood/],
])('a broken file is refused by its line', (text, why) => {
  expect(fromFile(text)).toMatch(why);
  expect(fromFile(text)).not.toContain('secret-1');
});
