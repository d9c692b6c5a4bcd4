/** The how-to's whole story with nothing played but AWS: its price passes the cap, and somebody reads on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { interrupt, isAlive } from '../../local/ec2/instances.ts';
import { setAllPrices } from '../../local/world-route.ts';
import { toLineText } from '../../scripts/story.ts';
import { addPerson, type Person, quote } from './people.ts';
import { type StoryStage, setStory } from './story-stage.ts';

const storyMs = 25 * 60_000;
const user = 'ann';
let stage: StoryStage;
let ann: Person;
let password: string;
const startedAt = Date.now();
const elapsed = (from: number) => `${Math.round((Date.now() - from) / 1_000)} s`;
const say = (what: string) =>
  console.log(toLineText({ at: Date.now(), who: 'you', what }, startedAt));

beforeAll(async () => {
  stage = await setStory((line) => console.log(toLineText(line, startedAt)));
  ann = await addPerson(stage.client, user, 12);
}, storyMs);
afterAll(() => stage?.close(), storyMs);

/** What pppd has said is what there is to look at if it never does. */
async function readsThrough(toAddress: () => string | null | undefined): Promise<void> {
  const isThrough = async () => (await read()) === toAddress();
  try {
    await stage.until('a page is read through the VPN', isThrough);
  } catch (error) {
    const { output } = await ann.run(`tail -n 40 /run/people/${user}/log`);
    throw new Error(`${await read()}\n${output}`, { cause: error });
  }
}

/** By which address the web sees whoever asks, or nothing. */
const read = async () => (await ann.run(`curl -sS -m 5 ${stage.web}`)).output;

test(
  'a machine boots with what EC2 gives it, serves, and the name moves to it',
  async () => {
    const from = Date.now();
    ({ password } = (await stage.ask('POST', '/users', { name: user })) as { password: string });
    await stage.ask('POST', '/start');
    await stage.until('a server serves behind the name', () => stage.current() !== null);
    say(`the VPN serves after ${elapsed(from)}`);
    const server = stage.current();
    expect(server).toMatchObject({ market: 'spot' });
  },
  storyMs,
);

test(
  'somebody dials it by its name, and reads a page through it',
  async () => {
    await dial();
    await readsThrough(() => stage.current()?.address);
  },
  storyMs,
);

test(
  'the price passes the cap, AWS takes the server, and they read on',
  async () => {
    const { world, pump, config } = stage.aws;
    const old = stage.current();
    if (!old) throw new Error('There is no server to take');
    await ann.must(`
    while sleep 0.2; do echo "$(date +%s%3N) $(curl -sS -m 1 ${stage.web} 2>/dev/null)"; done \\
      >/run/people/${user}/reads 2>/dev/null & echo $! >/run/people/${user}/reader
    tail -n0 -F /run/people/${user}/log 2>/dev/null \
      | while read -r line; do echo "$(date +%s%3N) $line"; done >/run/people/${user}/said 2>/dev/null &`);
    const from = pump.change(() => {
      setAllPrices(world, config.policy.cap * 1.5);
      interrupt(world, old);
      return Date.now();
    });
    await stage.until('another serves', () => {
      const next = stage.current();
      return next !== null && next.id !== old.id;
    });
    const next = stage.current();
    say(`from AWS's notice to the next server: ${elapsed(from)}`);
    expect(next).toMatchObject({ market: 'on-demand' });
    await stage.until('the old one is gone', () => !isAlive(old));
    await readsThrough(() => next?.address);
    const reads = await ann.must(
      `kill $(cat /run/people/${user}/reader); cat /run/people/${user}/reads`,
    );
    const { silentMs, besideTunnel } = measure(reads, next?.address ?? '');
    say(
      `nothing was read for ${(silentMs / 1_000).toFixed(1)} s; ${besideTunnel} reads went beside the tunnel`,
    );
    if (process.env.SHOW_LOG) console.log(reads, await ann.must(`cat /run/people/${user}/said`));
    // An emulator may be too slow to say it before the address has gone: then the client has to miss it.
    const { output: log } = await ann.run(`cat /run/people/${user}/log`);
    say(
      `the tunnel was ended by ${log.includes('LCP terminated by peer') ? 'the server' : 'echoes that stayed out'}`,
    );
    expect(silentMs).toBeLessThan(Date.now() - from);
  },
  storyMs,
);

/** As the profile has it, which whoever owns the VPN hands out. */
async function dial(): Promise<void> {
  const { name } = stage.aws.config;
  const options = [
    `pty "pptp ${name} --nolaunchpppd"`,
    `user ${user}`,
    `password "${password}"`,
    'noauth noipdefault noipv6 nobsdcomp nodeflate mtu 1400 mru 1400 require-mppe-128',
    'refuse-eap refuse-pap refuse-chap refuse-mschap defaultroute replacedefaultroute',
    'persist maxfail 0 holdoff 2 lcp-echo-interval 5 lcp-echo-failure 3 debug logfile /mnt/log',
  ];
  await stage.client.must(`
    mkdir -p /run/people/${user}
    rm /etc/resolv.conf
    printf '%s' ${quote(stage.resolvConf)} >/etc/resolv.conf`);
  await ann.must(`
    printf '%s\\n' ${options.map(quote).join(' ')} >/run/people/${user}/options
    unshare -m sh -c 'mount --bind /run/people/${user} /mnt; mount -t tmpfs none /run; exec pppd nodetach file /mnt/options' >/dev/null 2>&1 &`);
}

/** How long no page came through the VPN, and how many came by the client's own address. */
function measure(text: string, address: string): { silentMs: number; besideTunnel: number } {
  const reads = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([at, page = '']) => ({ at: Number(at), page }));
  const through = reads.filter(({ page }) => page === address).map(({ at }) => at);
  const gaps = through.slice(1).map((at, index) => at - (through[index] ?? at));
  const besideTunnel = reads.filter(({ page }) => page === ann.address).length;
  return { silentMs: Math.max(0, ...gaps), besideTunnel };
}
