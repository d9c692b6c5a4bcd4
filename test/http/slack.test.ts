/** The slash command: who is let in, what is done, what is said, and that no secret is. */
import { beforeEach, describe, expect, test } from 'vitest';
import { readDesired } from '../../shared/documents/desired.ts';
import { isSigned, isTimely } from '../../shared/http/slack/signature.ts';
import { desire, setStage } from '../stage.ts';
import { type Telling, tellStory } from '../telling.ts';
import { slackSecret, type Typed, toCommand } from './slack.ts';
import { type HttpStage, setHttpStage } from './stage.ts';

const path = '/slack/command';
const minuteMs = 60_000;

let story: Telling;
let stage: HttpStage;

beforeEach(async () => {
  story = await tellStory();
  use(setHttpStage(story));
});

function use(next: HttpStage): void {
  stage = next;
  tellSecret(slackSecret);
}

function tellSecret(Value: string): void {
  const Name = '/perennial/home/slack-signing';
  stage.world.call('ssm', 'PutParameter', { Name, Type: 'SecureString', Value, Overwrite: true });
}

const now = () => stage.world.timers.now;
/** A second later each time: no two commands have the same signature. */
const type = async (text: string, more: Partial<Typed> = {}) => {
  stage.world.timers.advance(now() + 1_000);
  return stage.ask('POST', path, { token: null, ...toCommand({ text, at: now(), ...more }) });
};
const say = async (...typed: Parameters<typeof type>) => {
  const { status, body } = await type(...typed);
  expect(status).toBe(200);
  const { response_type, text } = body as Record<string, string>;
  expect(response_type).toBe('ephemeral');
  return text ?? '';
};
const power = () => readDesired(stage.parameter('state/desired'), 0).power;
const add = async (name: string) =>
  (await stage.ask('POST', '/users', { body: { name } })).body as {
    password: string;
    wireguard: { privateKey: string };
  };

describe('the signature', () => {
  test("of Slack's own example is right", () => {
    const { body } = toCommand({ text: '', at: 0 });
    const example = {
      timestamp: '1531420618',
      signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      body: Buffer.from(
        'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
          '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
          '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
          '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      ),
    };
    expect(isSigned(slackSecret, example)).toBe(true);
    expect(isSigned(slackSecret, { ...example, body: Buffer.from(body) })).toBe(false);
    expect(isTimely(example, 1_531_420_618_000 + 5 * minuteMs)).toBe(true);
    expect(isTimely(example, 1_531_420_618_000 + 5 * minuteMs + 1)).toBe(false);
  });

  test('counts in base64 too, as API Gateway hands forms on', async () => {
    const sent = { ...toCommand({ text: 'stop', at: now() }), token: null, isBase64: true };
    expect((await stage.ask('POST', path, sent)).status).toBe(200);
    expect(power()).toBe('off');
  });

  const signed = () => toCommand({ text: 'stop', at: now() });
  const changed = (change: Record<string, string>) => {
    const { body, headers } = signed();
    return { body, headers: { ...headers, ...change } };
  };
  test.each<[string, () => { body: string; headers: Record<string, string> }, number]>([
    [
      'none',
      () => ({ ...signed(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      401,
    ],
    ['without its time', () => changed({ 'x-slack-request-timestamp': '' }), 401],
    [
      'of another secret',
      () => toCommand({ text: 'stop', at: now(), secret: 'a'.repeat(32) }),
      401,
    ],
    ['of another text', () => ({ ...signed(), body: signed().body.replace('stop', 'start') }), 401],
    [
      'of another time',
      () => changed({ 'x-slack-request-timestamp': String(Math.floor(now() / 1_000) + 1) }),
      401,
    ],
    ['cut off', () => changed({ 'x-slack-signature': 'v0=a2114d57' }), 401],
    ['of another version', () => changed({ 'x-slack-signature': `v1=${'0'.repeat(64)}` }), 401],
    ['in other characters', () => changed({ 'x-slack-signature': `v0=${'é'.repeat(64)}` }), 401],
    ['that is too old', () => toCommand({ text: 'stop', at: now() - 5 * minuteMs - 1_000 }), 401],
    ['of a time to come', () => toCommand({ text: 'stop', at: now() + 5 * minuteMs + 1_000 }), 401],
    ['of a time that is none', () => changed({ 'x-slack-request-timestamp': '1e9' }), 401],
    ['of a body too large', () => toCommand({ text: 'a'.repeat(17_000), at: now() }), 413],
    ['of JSON', () => changed({ 'content-type': 'application/json' }), 415],
    [
      'of a form in Latin-1',
      () => changed({ 'content-type': 'application/x-www-form-urlencoded; charset=latin1' }),
      415,
    ],
  ])('%s changes nothing', async (_, toSent, status) => {
    const before = [...stage.world.parameters.keys()];
    expect((await stage.ask('POST', path, { token: null, ...toSent() })).status).toBe(status);
    expect(power()).toBe('on');
    expect([...stage.world.parameters.keys()]).toEqual(before);
  });

  test('counts once', async () => {
    const sent = { ...signed(), token: null };
    expect((await stage.ask('POST', path, sent)).status).toBe(200);
    await say('start');
    expect((await stage.ask('POST', path, sent)).status).toBe(409);
    expect((await stage.ask('POST', path, sent)).status).toBe(409);
    expect(power()).toBe('on');
  });

  test('that comes twice at once counts once', async () => {
    stage.world.timers.advance(now() + 1_000);
    const sent = { ...signed(), token: null };
    const both = await Promise.all([1, 2].map(() => stage.ask('POST', path, sent)));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  test("is not replaced by the API's token, nor does it replace it", async () => {
    const { body } = signed();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await stage.ask('POST', path, { body, headers })).status).toBe(401);
    const other = await stage.ask('POST', '/stop', { token: null, headers: signed().headers });
    expect(other.status).toBe(401);
    expect(power()).toBe('on');
  });

  test('is not asked for with GET', async () => {
    expect((await stage.ask('GET', path, { token: null })).status).toBe(405);
  });
});

describe('without a signing secret', () => {
  test.each([
    ['none', () => stage.world.parameters.delete('/perennial/home/slack-signing')],
    ['"none"', () => tellSecret('none')],
  ])('%s: says how to set it up, and does nothing', async (_, unset) => {
    unset();
    expect(await say('stop')).toContain('the SecureString /perennial/home/slack-signing');
    expect(await say('stop', { secret: 'none' })).toContain('not set up');
    expect(power()).toBe('on');
  });
});

describe('a person who types', () => {
  test('status is told how it is', async () => {
    const server = story.named();
    const lines = (await say('status')).split('\n');
    expect(lines[0]).toBe('*vpn.example.org is on, and serves*');
    expect(lines[1]).toBe(
      `${server?.pool.type} in ${server?.pool.zone} on spot at $0.0016/h, ${server?.address}, for 5 min 0 s`,
    );
    expect(lines[2]).toBe('Nobody is connected');
    expect(lines.at(-1)).toMatch(
      /^under \$0\.01 this month so far, under \$0\.01 (less|more) than always on demand$/,
    );
  });

  test('stop and start turns it off and on', async () => {
    expect(await say('stop')).toMatch(/^\*vpn\.example\.org is stopping\*\n.*\nNext: /s);
    expect(power()).toBe('off');
    await story.pass(5);
    expect(await say(' STATUS ')).toMatch(/^\*vpn\.example\.org is off\*/);
    expect(await say('start')).toMatch(/^\*vpn\.example\.org is starting\*\nNext: .*launching/);
    await story.pass(5);
    expect(await say('status')).toMatch(/^\*vpn\.example\.org is on, and serves\*/);
  });

  test('start without an image is told what to do first', async () => {
    const empty = setStage();
    desire(empty.world, { power: 'off' });
    use(setHttpStage(empty));
    expect(await say('start')).toMatch(/^There is no image yet to launch a server from: bake one/);
    expect(power()).toBe('off');
  });

  test('status hears of what comes by itself', async () => {
    const until = new Date(now() + 90 * minuteMs).toISOString();
    await stage.ask('POST', '/stop', { body: { until } });
    expect(await say('status')).toContain('Turns on at 2026-11-22 06:35 UTC');
    await stage.ask('POST', '/start');
    await stage.ask('POST', '/stop', { body: { afterIdleMinutes: 30 } });
    expect(await say('status')).toContain('Turns off once nobody has used it for 30 min');
  });

  test.each([
    '',
    'help',
    'restart',
    'start now',
    'stop all',
    'rotate a b',
    '__proto__',
    'constructor',
  ])('%j is told what there is', async (text) => {
    expect(await say(text)).toMatch(/^`\/vpn status`/);
    expect(power()).toBe('on');
  });
});

describe('rotate', () => {
  test('says where the new secrets are, and not what they are', async () => {
    const { password, wireguard } = await add('alice');
    const said = await say('rotate alice');
    expect(said).toMatch(/^alice has new secrets\. .*in the dashboard/);
    const profile = await stage.ask('GET', '/users/alice/profile?for=ubuntu');
    const { files } = profile.body as { files: { content: string }[] };
    const [, changed = ''] = /"alice" pptpd "([^"]+)"/.exec(files.at(-1)?.content ?? '') ?? [];
    expect(changed).toMatch(/^[a-z2-9-]{29}$/);
    expect(changed).not.toBe(password);
    const psk = /PresharedKey = (\S+)/.exec(files[0]?.content ?? '')?.[1] ?? 'none';
    for (const secret of [password, changed, psk, wireguard.privateKey, slackSecret])
      expect(said + stage.lines.join()).not.toContain(secret);
    // Nobody saw a new private key, so it is the old one that counts.
    const listed = async () =>
      (await stage.ask('GET', '/users')).body as { users: { publicKey: string }[] };
    const before = (await listed()).users[0]?.publicKey;
    await say('rotate alice');
    expect((await listed()).users[0]?.publicKey).toBe(before);
  });

  test('without a name is for all', async () => {
    expect(await say('rotate')).toBe('There is nobody to rotate.');
    for (const name of ['alice', 'bob']) await add(name);
    expect(await say('rotate')).toMatch(/^New secrets for alice, bob\. /);
  });

  test('leaves more users than Slack waits for alone', async () => {
    for (const name of ['ann', 'ben', 'cat', 'dan', 'eve', 'fay']) await add(name);
    expect(await say('rotate')).toMatch(/^There are 6 users/);
    const { body } = await stage.ask('GET', '/users');
    expect((body as { users: { version: number }[] }).users.map(({ version }) => version)).toEqual(
      Array(6).fill(1),
    );
  });

  test('of nobody says so, without a link that somebody has typed', async () => {
    expect(await say('rotate nobody')).toMatch(/no user nobody|nobody/i);
    expect(await say('rotate <!channel>')).not.toContain('<!');
  });
});

describe('who may', () => {
  test('everybody in the workspace, unless some are named', async () => {
    stage.config.slackUsers.push('U012AB3CD');
    use(setHttpStage(story));
    const said = await say('stop');
    expect(said).toBe(
      'You may not. Whoever has deployed this VPN can add U2CERLKJA to slackUsers in perennial.yml.',
    );
    expect(await say('stop', { user: '<!here>' })).toContain('add your member id to');
    expect(power()).toBe('on');
    await say('stop', { user: 'U012AB3CD' });
    expect(power()).toBe('off');
  });
});

test('what AWS does not answer is not said to be done', async () => {
  story.world.setFaults((service) => {
    if (service !== 'ec2') return null;
    throw Object.assign(new Error('EC2 is down'), { name: 'ThrottlingException' });
  });
  expect((await type('status')).status).toBe(503);
});

test('requests that were done are forgotten', async () => {
  const kept = () =>
    [...stage.world.parameters.keys()].filter((name) => name.includes('/api/requests/'));
  await say('help');
  expect(kept()).toHaveLength(1);
  await story.pass(24 * 60 + 1);
  await say('help');
  expect(kept()).toHaveLength(1);
});
