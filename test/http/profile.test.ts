/** A user's profile by the API: the one answer that reads secrets, for every system. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type HttpStage, setHttpStage } from './stage.ts';

let stage: HttpStage;
let password: string;
beforeEach(async () => {
  stage = setHttpStage();
  const { body } = await stage.ask('POST', '/users', { body: { name: 'alice' } });
  password = (body as { password: string }).password;
});

interface Profile {
  user: string;
  system: string;
  steps: string[];
  files: { name: string; content: string }[];
}
const read = async (system: string) =>
  (await stage.ask('GET', `/users/alice/profile?for=${system}`)).body as Profile;

test.each<[string, string[], RegExp]>([
  ['windows', ['home.conf', 'home.ps1'], /PPTP, run home\.ps1/],
  ['macos', ['home.conf'], /PPTP: not since macOS/],
  ['ios', ['home.conf'], /PPTP: not since iOS/],
  ['android', ['home.conf'], /Android 12 and later speak no PPTP/],
  ['ubuntu', ['home.conf', 'home.peer', 'chap-secrets'], /nmcli connection add type vpn/],
  ['router', ['home.conf'], /MPPE 128/],
  ['wireguard', ['home.conf'], /Import the file/],
])('for %s', async (system, files, step) => {
  const profile = await read(system);
  expect(profile).toMatchObject({ user: 'alice', system });
  expect(profile.files.map(({ name }) => name)).toEqual(files);
  expect(profile.steps.join('\n')).toMatch(step);
  expect(profile.steps.join('\n')).toContain('Put your private key');
  expect(profile.files[0]?.content).toContain('Endpoint = vpn.example.org:51820');
});

test('has the password where PPTP is spoken', async () => {
  const { steps, files } = await read('ubuntu');
  expect(steps.join('\n')).toContain(password);
  expect(files.at(-1)?.content).toBe(`"alice" pptpd "${password}" *\n`);
});

test('is kept by nobody on the way, and logged nowhere', async () => {
  const { headers } = await stage.ask('GET', '/users/alice/profile?for=windows');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(stage.lines.join()).not.toContain(password);
});

describe('refused', () => {
  test.each([
    ['without a token', 'GET', 'alice', '?for=windows', 401, null],
    ['for a system that is none', 'GET', 'alice', '?for=beos', 400, undefined],
    ['for no system', 'GET', 'alice', '', 400, undefined],
    ['for two', 'GET', 'alice', '?for=ios&for=macos', 400, undefined],
    ['of nobody', 'GET', 'nobody', '?for=windows', 404, undefined],
    ['of another parameter', 'GET', '..', '?for=windows', 404, undefined],
    ['to be changed', 'PUT', 'alice', '', 405, undefined],
  ])('%s', async (_, method, user, query, status, token) => {
    const sent = token === undefined ? {} : { token };
    const came = await stage.ask(method, `/users/${user}/profile${query}`, sent);
    expect(came.status).toBe(status);
  });
});
