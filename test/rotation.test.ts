/** Secrets on their whole way, from a person's word to whom a server lets in: whatever breaks off or fails on it. */
import { describe, expect, test } from 'vitest';
import { toDirectClients } from '../local/direct.ts';
import { interrupt } from '../local/ec2/instances.ts';
import { AwsFault } from '../local/fault.ts';
import type { Fate } from '../local/guests/agent.ts';
import { toWorldPorts } from '../local/ports.ts';
import { must } from '../shared/adapters/answers.ts';
import { addUser, removeUser, setExpiry, type UserPorts } from '../shared/users/commands.ts';
import { rotateUser } from '../shared/users/rotation.ts';
import type { Shown } from '../shared/users/shown.ts';
import { toPorts } from '../shared/wire.ts';
import type { Door } from './sim/loop.ts';
import { type Telling, tellStory } from './telling.ts';

type Call = Parameters<typeof toDirectClients>[0];

/** Dies at one of its calls, before or after AWS has done it; who has died hears nothing any more. */
function toMortal(nth: number, when: 'before' | 'after') {
  let calls = 0;
  return {
    get died() {
      return calls > nth;
    },
    async call<T>(act: () => Promise<T>): Promise<T> {
      if (calls++ !== nth) return act();
      if (when === 'after') await act();
      return new Promise(() => {});
    },
  };
}

interface Way extends Telling {
  ports: UserPorts;
  through: (call: Call) => UserPorts;
  ann: Shown;
  commands: () => number;
  /** The passwords of ann's that the named server takes, of these. */
  taken: (passwords: string[]) => string[];
  /** From now on the loop's passes have this in them. */
  setMortal: (mortal: ReturnType<typeof toMortal> | null) => void;
}

/** A VPN that serves ann and bob. */
async function setWay(env: Record<string, string> = {}): Promise<Way> {
  let mortal: ReturnType<typeof toMortal> | null = null;
  const door: Door = (world, config, reach) =>
    toWorldPorts(world, config, (operation, act) =>
      mortal ? mortal.call(() => reach(operation, act)) : reach(operation, act),
    );
  const story = await tellStory({ env, door });
  const { world, config } = story;
  const through = (call: Call) => toPorts(config, toDirectClients(call), () => world.timers.now);
  const ports = through(async (...call) => world.call(...call));
  const ann = await addUser(ports, { name: 'ann' });
  await addUser(ports, { name: 'bob' });
  await story.pass(2);
  const taken = (passwords: string[]) => {
    const { id } = must(story.named(), 'a server');
    return [...new Set(passwords)].filter((password) => world.guests.logsIn(id, 'ann', password));
  };
  expect(taken([ann.password])).toEqual([ann.password]);
  return {
    ...story,
    ports,
    through,
    ann,
    taken,
    commands: () => world.commands.size,
    setMortal(next) {
      mortal = next;
    },
  };
}

const passwordNow = ({ world }: Way): string | undefined => {
  const value = world.parameters.get('/perennial/home/users/ann')?.versions.at(-1)?.value;
  return value && (JSON.parse(value) as { password: string }).password;
};

describe('new secrets', () => {
  test('are on the server within half a minute, and the old ones are not', async () => {
    const way = await setWay();
    const { password } = await rotateUser(way.ports, 'ann');
    await way.pass(0.5);
    expect(way.taken([way.ann.password, password])).toEqual([password]);
    expect(way.said('refreshed').at(-1)?.why).toContain('has the newest secrets after');
  });

  test('of a person who is removed leave no grace', async () => {
    const way = await setWay();
    const { password } = await rotateUser(way.ports, 'ann', { graceMinutes: 60 });
    await way.pass(1);
    expect(way.taken([way.ann.password, password])).toEqual([way.ann.password]);
    await removeUser(way.ports, 'ann');
    await way.pass(0.5);
    expect(way.taken([way.ann.password, password])).toEqual([]);
  });

  test('that nobody asked for come when the old ones are old, with their grace', async () => {
    const env = { PERENNIAL_ROTATE_DAYS: '1', PERENNIAL_OLD_PASSWORD_MINUTES: '30' };
    const way = await setWay(env);
    await way.pass(24 * 60);
    expect(way.said('rotating').map(({ why }) => why)).toEqual([
      'ann gets a new password: the old one is 1 days old',
      'bob gets a new password: the old one is 1 days old',
    ]);
    const known = [way.ann.password, passwordNow(way) ?? ''];
    expect(way.taken(known)).toEqual([known[0]]);
    await way.pass(30);
    expect(way.taken(known)).toEqual([known[1]]);
  });
});

/** What is begun, and for how long it may then be as it was before. */
const changes: [what: string, begin: (way: Way) => Promise<unknown>][] = [
  ['a rotation', ({ ports }) => rotateUser(ports, 'ann')],
  ['a removal', ({ ports }) => removeUser(ports, 'ann')],
  [
    "the end of a user's time",
    ({ ports, world }) => setExpiry(ports, 'ann', world.timers.now + 30_000),
  ],
];
const whens = ['before', 'after'] as const;
const deaths = changes.flatMap(([what, begin]) => whens.map((when) => ({ what, begin, when })));

describe('a pass that dies at any of its calls is healed by those after it:', () => {
  test.each(deaths)('$what, $when AWS has done it', async ({ begin, when }) => {
    // As many as the passes of the first two minutes make.
    for (let nth = 0; nth < 40; nth++) {
      const way = await setWay();
      const mortal = toMortal(nth, when);
      way.setMortal(mortal);
      await begin(way);
      await way.pass(6);
      const now = passwordNow(way);
      const where = `after a death at call ${nth}`;
      expect(mortal.died, where).toBe(true);
      expect(way.taken([way.ann.password, now ?? 'nobody']), where).toEqual(now ? [now] : []);
      expect(way.alive(), where).toHaveLength(1);
      const told = way.commands();
      await way.pass(10);
      expect(way.commands(), where).toBe(told);
    }
  });
});

describe('a person who dies at any of their calls leaves servers and Parameter Store at one:', () => {
  test.each(deaths)('$what, $when AWS has done it', async ({ begin, when }) => {
    for (let nth = 0; ; nth++) {
      const way = await setWay();
      const mortal = toMortal(nth, when);
      const ports = way.through((...call) => mortal.call(async () => way.world.call(...call)));
      const begun = begin({ ...way, ports });
      await way.pass(3);
      const now = passwordNow(way);
      expect(way.taken([way.ann.password, now ?? 'nobody'])).toEqual(now ? [now] : []);
      if (mortal.died) continue;
      await begun;
      expect(nth).toBeGreaterThan(1);
      break;
    }
  });
});

test('a replacement that is launched in the middle of a rotation serves with the new secrets', async () => {
  for (let seconds = 0; seconds <= 120; seconds += 5) {
    const way = await setWay();
    const old = must(way.named(), 'a server');
    interrupt(way.world, old);
    await way.pass(seconds / 60);
    const { password } = await rotateUser(way.ports, 'ann');
    await way.pass(4);
    expect(way.named()?.id, `${seconds} s after the notice`).not.toBe(old.id);
    expect(way.taken([way.ann.password, password]), `${seconds} s after`).toEqual([password]);
  }
});

/** From now on, for every command; how the loop's sentence about it ends; how often it tells the server at least. */
const faults: [what: string, fate: Fate, why: string | null][] = [
  ['take half a minute', 'slow', null],
  ['fail', 'fails', 'its agent could not apply them (Run Command says Failed)'],
  ['take too long', 'hangs', 'its agent did not answer in time (Run Command says TimedOut)'],
  ['are never delivered', 'lost', 'its agent did not answer in time (Run Command says TimedOut)'],
  [
    'can not be delivered',
    'undeliverable',
    'its agent could not apply them (Run Command says Failed)',
  ],
];

describe('while commands', () => {
  test.each(faults)(
    '%s, people are told, and the server gets its secrets after it',
    async (...row) => {
      const [, fate, why] = row;
      const way = await setWay();
      const { guests } = way.world;
      guests.setFates(() => fate);
      const { password } = await rotateUser(way.ports, 'ann');
      await way.pass(4);
      expect(way.taken([password])).toEqual(fate === 'slow' ? [password] : []);
      const said = way.said('unrefreshed').map((entry) => entry.why.replace(/^i-\w+ /, ''));
      // Told again, and said again, but not in every pass.
      expect(said.length).toBeLessThanOrEqual(3);
      if (why) expect(new Set(said)).toEqual(new Set([`did not take the newest secrets: ${why}`]));
      guests.setFates(() => 'done');
      await way.pass(5);
      expect(way.taken([password])).toEqual([password]);
      expect(way.alive()).toHaveLength(1);
    },
  );

  const failing = faults.filter(([, fate]) => fate !== 'slow');
  test.each(failing)(
    '%s for good, the server is replaced, and told a few times till then',
    async (_, fate) => {
      const way = await setWay();
      const before = way.commands();
      const old = must(way.named(), 'a server').id;
      way.world.guests.setFates((id) => (id === old ? fate : 'done'));
      const { password } = await rotateUser(way.ports, 'ann');
      await way.pass(16);
      expect(way.named()?.id).not.toBe(old);
      expect(way.taken([way.ann.password, password])).toEqual([password]);
      expect(way.commands() - before).toBeLessThanOrEqual(6);
      expect(way.said('incident').at(-1)?.why).toContain(
        'has not taken the newest secrets for 10 min',
      );
      expect(way.said('recovered')).toHaveLength(1);
    },
  );
});

describe('while Systems Manager', () => {
  const refusing: [what: string, code: string, why: string][] = [
    ['throttles', 'ThrottlingException', 'too many requests (ThrottlingException)'],
    [
      'knows no document',
      'InvalidDocument',
      'the document is gone; deploy again (InvalidDocument)',
    ],
    [
      'does not allow it',
      'AccessDeniedException',
      "the function's role does not allow it; deploy again (AccessDeniedException)",
    ],
  ];
  test.each(refusing)(
    '%s, it is asked again within bounds, and people are told',
    async (...row) => {
      const [, code, why] = row;
      const way = await setWay();
      let asked = 0;
      way.world.setFaults((_, operation) => {
        if (operation !== 'SendCommand') return null;
        asked++;
        return new AwsFault(code, 'because');
      });
      const { password } = await rotateUser(way.ports, 'ann');
      await way.pass(8);
      expect(way.said('unrefreshed').at(-1)?.why).toContain(
        `can't be told to take the newest secrets: ${why}`,
      );
      expect(asked).toBeGreaterThan(1);
      expect(asked).toBeLessThanOrEqual(5);
      way.world.setFaults(() => null);
      await way.pass(9);
      expect(way.taken([way.ann.password, password])).toEqual([password]);
    },
  );

  test('has lost the agent, the server gets its secrets when it is back', async () => {
    const way = await setWay();
    const { id } = must(way.named(), 'a server');
    way.world.guests.setAgent(id, false);
    const { password } = await rotateUser(way.ports, 'ann');
    await way.pass(3);
    expect(way.said('unrefreshed').at(-1)?.why).toContain('its SSM agent is not online');
    way.world.guests.setAgent(id, true);
    await way.pass(5);
    expect(way.taken([way.ann.password, password])).toEqual([password]);
  });
});

test("a server's report that is lost comes with its next heartbeat, and closes the rotation", async () => {
  const way = await setWay();
  const { world } = way;
  const { call } = world;
  let lost = 0;
  world.call = (service, operation, input, accessKeyId) => {
    const { Name = '', Value = '' } = input as { Name?: string; Value?: string };
    if (!Name.includes('/state/servers/') || !Value.includes('"ann":2') || lost++ > 0)
      return call(service, operation, input, accessKeyId);
    throw new AwsFault('InternalServerError', 'lost', 500);
  };
  const from = world.timers.now;
  await rotateUser(way.ports, 'ann');
  await way.pass(3);
  expect(lost).toBeGreaterThan(1);
  expect(way.said('refreshed').filter(({ at }) => at > from)).toHaveLength(1);
});
