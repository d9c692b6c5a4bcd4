/** People at once, commands that die anywhere, an AWS that is busy or out: nothing is lost, given twice, or told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import {
  addUser,
  listUsers,
  readProfile,
  removeUser,
  setExpiry,
  type UserPorts,
} from '../../shared/users/commands.ts';
import { UserError } from '../../shared/users/errors.ts';
import { rotateAll, rotateUser } from '../../shared/users/rotation.ts';
import type { Shown } from '../../shared/users/shown.ts';
import { inEveryOrder, inTurns, toChoose } from '../turns.ts';
import { type Bench, dieAt, setBench, whyInconsistent } from './bench.ts';

type Command = (ports: UserPorts) => Promise<unknown>;

const add =
  (name: string): Command =>
  (ports) =>
    addUser(ports, { name });

/** With these users already. */
async function benchWith(...names: string[]): Promise<Bench> {
  const bench = setBench();
  for (const name of names) await addUser(bench.ports, { name });
  return bench;
}

/** What each came to: its answer, or the UserError that it threw. */
const outcomes = (bench: Bench, commands: Command[], choose: (waiting: number) => number) =>
  inTurns(
    commands.map((command) => (turns) => command(bench.inTurn(turns)).catch(toRefusal)),
    choose,
  );
const toRefusal = (error: unknown) => {
  if (error instanceof UserError) return error;
  throw error;
};
const addresses = ({ books }: Bench) =>
  Object.values(books().users).map(({ value }) => value.address as string);

describe('at once', () => {
  test('many adds and removes hand out no address twice', async () => {
    const commands = [
      add('ann'),
      add('bob'),
      add('carol'),
      add('dave'),
      (ports: UserPorts) => removeUser(ports, 'old-1'),
      (ports: UserPorts) => removeUser(ports, 'old-2'),
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 20, maxLength: 60 }), async (order) => {
        const bench = await benchWith('old-1', 'old-2');
        const answers = await outcomes(bench, commands, toChoose(order));
        expect(answers.filter((answer) => answer instanceof UserError)).toEqual([]);
        expect(whyInconsistent(bench.books())).toEqual([]);
        expect(Object.keys(bench.books().users).sort()).toEqual(['ann', 'bob', 'carol', 'dave']);
      }),
      { numRuns: 50 },
    );
  });

  test('two adds, in every order, get an address each and one server key', async () => {
    const orders = await inEveryOrder(async (choose) => {
      const bench = setBench();
      const shown = (await outcomes(bench, [add('ann'), add('bob')], choose)) as Shown[];
      const keys = new Set(shown.map(({ wireguard }) => wireguard?.serverPublicKey));
      expect(keys.size).toBe(1);
      expect([...keys]).toEqual([(await bench.ports.secrets.list()).serverKey?.publicKey]);
      expect(whyInconsistent(bench.books())).toEqual([]);
    });
    expect(orders).toBeGreaterThan(300);
  });

  test('of two adds of one name, in every order, one is told that there is one', async () => {
    await inEveryOrder(async (choose) => {
      const bench = await benchWith('zoe');
      const answers = await outcomes(bench, [add('ann'), add('ann')], choose);
      const refusals = answers.filter((answer) => answer instanceof UserError);
      expect(refusals).toMatchObject([{ code: 'exists' }]);
      const [shown] = answers.filter((answer) => !(answer instanceof UserError)) as Shown[];
      expect(bench.books().users.ann?.value.password).toBe(shown?.password);
      expect(whyInconsistent(bench.books())).toEqual([]);
    });
  });

  test('a remove and an add of one name, in every order, leave no address to two', async () => {
    await inEveryOrder(async (choose) => {
      const bench = await benchWith('ann');
      const commands = [(ports: UserPorts) => removeUser(ports, 'ann'), add('ann')];
      await outcomes(bench, commands, choose);
      await addUser(bench.ports, { name: 'bob' });
      expect(new Set(addresses(bench)).size).toBe(addresses(bench).length);
    });
  });

  test('a rotation and a remove, in every order, leave nobody', async () => {
    await inEveryOrder(async (choose) => {
      const bench = await benchWith('ann');
      const rotate: Command = (ports) => rotateUser(ports, 'ann');
      await outcomes(bench, [rotate, (ports) => removeUser(ports, 'ann')], choose);
      expect(bench.books()).toEqual({ users: {}, claims: {} });
    });
  });

  test('of two rotations, in every order, what was shown last counts, or it says to do it again', async () => {
    await inEveryOrder(async (choose) => {
      const bench = await benchWith('ann');
      const rotate: Command = (ports) => rotateUser(ports, 'ann');
      const answers = await outcomes(bench, [rotate, rotate], choose);
      const { version, value } = bench.books().users.ann ?? {};
      const last = answers.find((answer) => (answer as Shown).version === version);
      if (last) expect((last as Shown).password).toBe(value.password);
      else expect(answers).toContainEqual(expect.objectContaining({ code: 'overtaken' }));
    });
  });

  test('an expiry and a rotation, in every order, both count, or it says to look again', async () => {
    await inEveryOrder(async (choose) => {
      const bench = await benchWith('ann');
      const expiresAt = bench.world.timers.now + 60_000;
      const [shown] = await outcomes(
        bench,
        [(ports) => rotateUser(ports, 'ann'), (ports) => setExpiry(ports, 'ann', expiresAt)],
        choose,
      );
      if (shown instanceof UserError) return expect(shown.says).toContain('expiry');
      const [user] = await listUsers(bench.ports);
      expect(user?.expiresAt).toBe(expiresAt);
      expect(bench.books().users.ann?.value.password).toBe((shown as Shown).password);
    });
  });
});

describe('a command that dies at any of its calls is healed by doing it again', () => {
  const cases: [string, Command, (bench: Bench) => Promise<unknown>][] = [
    [
      'adding',
      add('ann'),
      // Who has seen no password is told how to get one.
      ({ ports }) =>
        addUser(ports, { name: 'ann' }).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'exists', says: expect.stringContaining('rotate') });
          return rotateUser(ports, 'ann');
        }),
    ],
    ['rotating', (ports) => rotateUser(ports, 'old'), ({ ports }) => rotateUser(ports, 'old')],
    ['rotating all', (ports) => rotateAll(ports), ({ ports }) => rotateAll(ports)],
    [
      'letting expire',
      (ports) => setExpiry(ports, 'old', Date.UTC(2027, 0)),
      ({ ports }) => setExpiry(ports, 'old', Date.UTC(2027, 0)),
    ],
    [
      'removing',
      (ports) => removeUser(ports, 'old'),
      ({ ports }) =>
        removeUser(ports, 'old').catch((error: unknown) => {
          // It had died after its last deed.
          expect(error).toMatchObject({ code: 'unknown' });
        }),
    ],
  ];
  const each = cases.flatMap(([what, command, again]) =>
    (['before', 'after'] as const).map((when) => ({ what, command, again, when })),
  );

  test.each(each)('$what, $when AWS has done it', async ({ what, command, again, when }) => {
    let deaths = 0;
    for (let nth = 0; ; nth++) {
      const bench = await benchWith('old', 'other');
      if ((await dieAt(bench, nth, when, command)) === 'ended') break;
      deaths++;
      // Whoever is there has an address that nobody else can get meanwhile.
      const { users, claims } = bench.books();
      for (const [name, { value }] of Object.entries(users))
        expect(claims[value.address], `of ${name} after a death at call ${nth}`).toBe(name);
      await again(bench);
      expect(whyInconsistent(bench.books()), `after a death at call ${nth}`).toEqual([]);
      const names = Object.keys(bench.books().users).sort();
      const expected = { adding: ['ann', 'old', 'other'], removing: ['other'] };
      expect(names).toEqual(expected[what as keyof typeof expected] ?? ['old', 'other']);
    }
    expect(deaths).toBeGreaterThan(1);
  });
});

describe('while AWS', () => {
  const refusing = (
    { world, through }: Bench,
    code: string,
    isHit: (operation: string) => boolean,
  ) =>
    through(async (service, operation, input) => {
      if (isHit(operation)) throw new AwsFault(code, 'because');
      return world.call(service, operation, input);
    });
  const commands: [string, Command][] = [
    ['adding', add('ann')],
    ['rotating', (ports) => rotateUser(ports, 'old')],
    ['listing', (ports) => listUsers(ports)],
    ['removing', (ports) => removeUser(ports, 'old')],
    ['a profile', (ports) => readProfile(ports, 'old')],
    ['an expiry', (ports) => setExpiry(ports, 'old', Date.UTC(2027, 0))],
  ];

  test.each(commands)('is busy, %s ends with a sentence', async (_, command) => {
    const bench = await benchWith('old');
    const ports = refusing(bench, 'ThrottlingException', () => true);
    await expect(command(ports)).rejects.toMatchObject({ name: 'UserError', code: 'busy' });
  });

  test('writes for somebody else, a write is tried again', async () => {
    const bench = await benchWith('old');
    let left = 3;
    const ports = refusing(
      bench,
      'TooManyUpdates',
      (operation) => operation === 'PutParameter' && left-- > 0,
    );
    expect(await rotateUser(ports, 'old')).toMatchObject({ version: 2 });
    left = 99;
    await expect(rotateUser(ports, 'old')).rejects.toMatchObject({ code: 'busy' });
  });

  test('really does so, two writers meet there', async () => {
    const bench = setBench({ writeMs: () => 50 });
    await addUser(bench.ports, { name: 'ann' });
    await expect(rotateUser(bench.ports, 'ann')).rejects.toMatchObject({ code: 'busy' });
    bench.world.timers.advance(bench.world.timers.now + 50);
    expect(await rotateUser(bench.ports, 'ann')).toMatchObject({ version: 2 });
  });

  test.each(commands)('refuses, %s throws no secret, whichever call it is', async (_, command) => {
    for (let nth = 0; ; nth++) {
      const bench = await benchWith('old');
      const sent: string[] = [];
      let calls = 0;
      const ports = bench.through(async (service, operation, input) => {
        const { Value } = input as { Value?: string };
        if (Value?.startsWith('{')) sent.push(...secretsIn(Value));
        const output = bench.world.call(service, operation, input);
        // AWS never says so much; an intermediary might.
        const words = `${JSON.stringify(input)} ${JSON.stringify(output)}`;
        if (calls++ === nth) throw new AwsFault('AccessDeniedException', words);
        return output;
      });
      const error = await command(ports).then(
        () => null,
        (thrown: unknown) => thrown as Error,
      );
      if (!error) break;
      const told = `${String(error)} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
      const marks = [...bench.secrets(), ...sent];
      expect(marks.length).toBeGreaterThan(1);
      expect(marks.filter((mark) => told.includes(mark))).toEqual([]);
    }
  });
});

function secretsIn(value: string): string[] {
  const { password, presharedKey, privateKey } = JSON.parse(value) as Record<string, string>;
  return [password, presharedKey, privateKey].filter((word) => word !== undefined);
}
