/** What a person does on the dashboard: with the packaged functions, in the played world, in a real browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LocalAws } from '../../local/aws.ts';
import { makeToken } from '../../local/world-route.ts';
import { judge, openPage, patienceMs, type Sight } from './browser.ts';
import { scan } from './qr.ts';
import { setWebStage, type WebStage } from './stage.ts';

let stage: WebStage;
let browser: Browser;
let aws: LocalAws;
let token: string;
let sight: Sight;
let page: Page;

/** A minute of the played world in a second, while its functions have nothing to do: a server boots in one. */
const speed = 60;
/** What is soon over is looked at in real time, in which a server boots in a minute. */
const slow = 1;
/** The story has requests that are refused, and chromium tells of each. */
const refused = /the server responded with a status of (401|404|422|429|503)/;

beforeAll(async () => {
  stage = await setWebStage(speed);
  ({ browser, aws, token } = stage);
});

afterAll(() => stage?.stop());

beforeEach(async () => {
  sight = await openPage(browser, aws.api.url, { allowed: [refused] });
  page = sight.page;
});

afterEach(async () => {
  aws.clock.go(speed);
  await sight.close();
  expect(sight.troubles).toEqual([]);
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const card = (name: string) => page.getByRole('region', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name, exact: true });
const state = (word: string) => page.getByRole('heading', { level: 1, name: word, exact: true });

async function signIn(): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await button('Sign in').click();
  await card('Journal').waitFor();
}

/** Of the server that the page shows. */
async function serverId(): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  const status = await fetch(`${aws.api.url}/status`, { headers });
  return ((await status.json()) as { server: { id: string } | null }).server?.id;
}

/** The page takes the second click for a moment only, which may be over before a busy machine gets to it. */
async function sure(verb: string, what: string): Promise<void> {
  const really = button(`Really ${verb.toLowerCase()} ${what}`);
  const tryIt = async () => {
    await button(`${verb} ${what}`).click();
    return really.click({ timeout: 4_000 }).then(
      () => true,
      () => false,
    );
  };
  await poll(tryIt).toBe(true);
}

const poll = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: patienceMs });

it('lets in whoever has the token, for as long as the tab is open', async () => {
  expect(await judge(page)).toEqual([]);
  await page.getByLabel('Token').fill('not-the-token-but-as-long-as-one-might-be');
  await button('Sign in').click();
  await page.getByRole('alert').getByText('This is not the token').waitFor();
  expect(await judge(page)).toEqual([]);

  await signIn();
  await page.reload();
  await card('Journal').waitFor();
  const other = await openPage(browser, aws.api.url);
  await other.page.getByLabel('Token').waitFor();
  await other.close();
  await button('Sign out').click();
  await page.getByLabel('Token').waitFor();
  expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).toBe('[{},{}]');
});

it('starts, shows the recovery from an interruption, and stops', async () => {
  await signIn();
  await state('Off').waitFor();
  expect(await judge(page)).toEqual([]);
  aws.clock.go(slow);
  await button('Start').click();
  await state('Starting').waitFor();
  expect(await judge(page)).toEqual([]);
  aws.clock.go(speed);
  await state('Serving').waitFor();
  await card('Server').getByText('Spot', { exact: true }).waitFor();
  expect(await judge(page)).toEqual([]);

  const lost = await serverId();
  await button('Interrupt the server').click();
  await card('Journal')
    .getByText(/^AWS takes i-….* at /)
    .first()
    .waitFor();
  await card('Journal')
    .getByText(/serves without an outage/)
    .waitFor();
  await state('Serving').waitFor();
  await page.getByText(/^Slack: .* goes on without an outage$/).click();
  expect(await judge(page)).toEqual([]);
  // The address is the same, since it moves along.
  expect(await serverId()).not.toBe(lost);

  aws.clock.go(slow);
  await sure('Drill', 'the server');
  await card('Journal').getByText(/drill/).first().waitFor();
  await state('Recovering').waitFor();
  expect(await judge(page)).toEqual([]);
  aws.clock.go(speed);
  await state('Serving').waitFor();
  await card('Server')
    .getByText(/The last incident, .* was no outage/)
    .waitFor();

  aws.clock.go(slow);
  await page.getByLabel('When').selectOption('in one hour');
  await button('Stop').click();
  await page.getByText(/^Turns off at /).waitFor();
  await button('Stop').click();
  await state('Stopping').waitFor();
  expect(await judge(page)).toEqual([]);
  aws.clock.go(speed);
  await state('Off').waitFor();
});

it('asks for the token again when that has been rotated', async () => {
  await signIn();
  token = aws.pump.change(() => makeToken(aws.world, aws.config));
  await page.getByRole('alert').getByText('It may have been rotated since').waitFor();
  // What the page had asked meanwhile was wrong too, and wrong tokens are followed by a wait.
  const headers = { authorization: `Bearer ${token}` };
  await poll(async () => (await fetch(`${aws.api.url}/users`, { headers })).status).toBe(200);
  await signIn();
});

it('says what is wrong while AWS is, and goes on by itself', async () => {
  await signIn();
  await button('Break SSM').click();
  await page
    .getByRole('alert')
    .getByText(/AWS does not answer/)
    .first()
    .waitFor();
  expect(await judge(page)).toEqual([]);
  await button('Give all back').click();
  await page
    .getByRole('alert')
    .getByText(/AWS does not answer/)
    .first()
    .waitFor({ state: 'hidden' });
});

it('adds a user, whose phone reads the secrets off the page; rotates, and removes', async () => {
  await signIn();
  await button('Add').click();
  await dialog('Add a user').getByLabel('Name').fill('Al Ice');
  await button('Add and show the secrets').click();
  await dialog('Add a user').getByRole('alert').waitFor();
  expect(await judge(page)).toEqual([]);
  await dialog('Add a user').getByLabel('Name').fill('alice');
  await button('Add and show the secrets').click();
  const first = await readSecrets();

  await sure('Rotate', 'alice');
  const second = await readSecrets();
  expect(second.password).not.toBe(first.password);

  await button('Profile of alice').click();
  for (const system of ['ios', 'android', 'macos', 'windows', 'ubuntu', 'router', 'wireguard']) {
    await dialog('Profile of alice').getByRole('combobox').selectOption(system);
    await dialog('Profile of alice').locator(`[data-system="${system}"]`).waitFor();
    expect(await judge(page)).toEqual([]);
  }
  await button('Close').click();

  await sure('Remove', 'alice');
  await card('Users').getByText('Nobody yet').waitFor();
});

/** Compares what the camera sees with what is written and what is copied, and closes the dialog. */
async function readSecrets(): Promise<{ config: string; password: string }> {
  const secrets = dialog('Secrets of alice');
  await secrets.waitFor();
  const [config = '', password = ''] = await secrets.locator('pre').allTextContents();
  expect(config).toMatch(/^\[Interface]\nPrivateKey = [\w+/]{43}=\n/);
  expect(await scan(secrets.getByRole('img'))).toBe(config);
  await secrets.getByRole('button', { name: 'Copy the WireGuard configuration' }).click();
  await poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(config);
  expect(await judge(page)).toEqual([]);
  await button('Close').click();
  return { config, password };
}

it('plans the week by keyboard alone, from signing in to signing out', async () => {
  await tabTo('Token');
  await page.keyboard.type(token);
  await page.keyboard.press('Enter');
  await card('Journal').waitFor();
  await tabTo('Plan it');
  await page.keyboard.press('Enter');
  await dialog('The week').waitFor();
  expect(await judge(page)).toEqual([]);
  await tabTo('Fri');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await card('Week').getByText('Mon to Thu').waitFor();
  await sure('Remove', 'the schedule');
  await card('Week').getByText('It is on and off when you say so').waitFor();

  // A dialog that is left gives the focus back.
  await tabTo('Add');
  await page.keyboard.press('Enter');
  await dialog('Add a user').waitFor();
  await page.keyboard.press('Escape');
  await dialog('Add a user').waitFor({ state: 'detached' });
  await poll(() => focused()).toBe('Add');
  await tabTo('Sign out');
  await page.keyboard.press('Enter');
  await page.getByLabel('Token').waitFor();
});

/** What the focus is on, by the name that a screen reader says. */
const focused = () =>
  page.evaluate<string>(`(() => {
    const { ariaLabel, labels, textContent } = document.activeElement;
    return (ariaLabel ?? labels?.[0]?.innerText ?? textContent).trim();
  })()`);

/** More than there is to reach on the page. */
const tabsMax = 80;

async function tabTo(name: string): Promise<void> {
  for (let tabs = 0; tabs < tabsMax; tabs++) {
    await page.keyboard.press('Tab');
    if ((await focused()) === name) return;
  }
  throw new Error(`${name} can't be reached by keyboard`);
}
