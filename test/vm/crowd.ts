/** As many as the range has addresses, all at once, with passwords of every kind; and one more. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dial, hangUp, leave } from './dial.ts';
import { addPeople, type Person } from './people.ts';
import { agent, letIn, type Stage } from './stage.ts';

/** 10.40.1.20 to .50. */
const places = 31;
/** A third of a nano's memory. */
const leftMebibytes = 170;
const atATime = 3;
const punctuation = [...Array(95).keys()].map((n) => String.fromCharCode(32 + n)).join('');
/** What pppd's file of secrets could misread. */
const odd = [
  'a b',
  'a"b',
  "a'b",
  'a\\b',
  'ab\\',
  '#x#',
  ' blanks ',
  '\ttabs\t',
  '"quoted"',
  '*',
  '@file',
  '$(reboot)',
  punctuation,
  'x'.repeat(255),
];
const users = [...Array(places + 1).keys()].map((n) => ({
  user: `user${n}`,
  password: odd[n] ?? `password${n}`,
}));

export function testCrowd(toStage: () => Stage): void {
  let stage: Stage;
  let people: Person[];

  beforeAll(async () => {
    stage = toStage();
    for (const { user, password } of users) stage.cloud.putUser(user, { password, old: null });
    const numbers = users.map(({ user }, n) => [user, 100 + n] as const);
    people = await addPeople(stage.client, Object.fromEntries(numbers));
    await letIn(stage);
  });
  afterAll(() => hangUp(stage.client));
  // WireGuard has no end of a session: whoever used it lately is still among the others.
  const inside = async () => (await agent(stage)).who.filter(({ protocol }) => protocol === 'pptp');
  const connect = (n: number) => {
    const [person, login] = [people[n], users[n]];
    if (!person || !login) throw new Error(`There is nobody with the number ${n}`);
    return dial(person, stage.address, login);
  };

  test('thirty-one users at once, whatever their passwords, have an address each', async () => {
    const dialled: Awaited<ReturnType<typeof connect>>[] = [];
    // An emulator that is asked for more at a time keeps clients waiting for so long that they say everything twice.
    const lanes = Array.from({ length: atATime }, async (_, lane) => {
      for (let n = lane; n < places; n += atATime) dialled[n] = await connect(n);
    });
    await Promise.all(lanes);
    const failed = dialled.flatMap(({ connected, log }, n) =>
      connected ? [] : [`${users[n]?.user}: ${log}`],
    );
    expect(failed).toEqual([]);
    const addresses = dialled.map(({ log }) => /local {2}IP address (\S+)/.exec(log)?.[1]);
    expect(new Set(addresses).size).toBe(places);
    const who = await inside();
    expect(who).toHaveLength(places);
    expect(new Set(who.map(({ user }) => user)).size).toBe(places);
  });

  test('a nano has room for all of them', async () => {
    const left = await stage.server.must(
      "awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo",
    );
    console.log(`With ${places} sessions ${left.trim()} MiB of memory are left`);
    expect(Number(left)).toBeGreaterThan(leftMebibytes);
  });

  test('one more is told no, at once, and the server is well', async () => {
    const { connected, log } = await connect(places);
    expect(connected, log).toBe(false);
    expect(await inside()).toHaveLength(places);
    expect(await agent(stage)).toMatchObject({ serving: { pptp: true } });
  });

  test('and comes in when somebody has left', async () => {
    await leave(people[0] as Person);
    const { connected, log } = await connect(places);
    expect(connected, log).toBe(true);
  });
}
