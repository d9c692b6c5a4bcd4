/** What the page says, keeps and does while the API is slow, refuses, fails or can't be reached. */
import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeToken } from '../../local/world-route.ts';
import { judge, openPage, patienceMs, type Sight } from './browser.ts';
import { type Hands, setWebStage, toHands, type WebStage } from './stage.ts';

let stage: WebStage;
let sight: Sight;
let page: Page;
let hands: Hands;

/** In real time: nothing moves by itself while it is looked at. */
const speed = 1;
/** Chromium tells of each request that is refused, fails, or is cut off. */
const expected = /status of (401|404|409|429|500|503)|ERR_(INTERNET_DISCONNECTED|FAILED)/;
const asked = /\/(status|users|journal|prices|ledger|schedule)(\?.*)?$/;

beforeAll(async () => {
  stage = await setWebStage(speed);
});

afterAll(() => stage?.stop());

beforeEach(async () => {
  sight = await openPage(stage.browser, stage.aws.api.url, { allowed: [expected] });
  page = sight.page;
  hands = toHands(page);
});

afterEach(async () => {
  await sight.close();
  expect(sight.troubles).toEqual([]);
});

const problem = (status: number, detail: string) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ detail }),
  });
const ofGateway = (status: number, message: string) => (route: Route) =>
  route.fulfill({
    status,
    contentType: 'application/json',
    headers: { 'retry-after': '1' },
    body: JSON.stringify({ message }),
  });
const page200 = (route: Route) =>
  route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Welcome to the hotel</h1>' });

const failures: [what: string, fail: (route: Route) => Promise<void>, says: string][] = [
  ['is asked too much', ofGateway(429, 'Too Many Requests'), 'Too much was asked at once: wait'],
  ['is broken', problem(500, 'Something went wrong here; the log says what.'), 'the log says what'],
  ['gives up', ofGateway(503, 'Service Unavailable'), 'The API does not answer just now (503)'],
  ['is behind a sign-in of the network', page200, 'does this network want a sign-in first?'],
  ["can't be reached", (route) => route.abort(), 'is this device online?'],
];

describe.each(failures)('where the API %s', (_, fail, says) => {
  it('what was known stays, with when that was, until it is back', async () => {
    await hands.signIn(stage.token);
    // What was not known yet could not stay.
    await hands.heading('Off').waitFor();
    await hands.card('Users').getByText('Nobody yet').waitFor();
    await page.route(asked, fail);
    await hands.alert(says).waitFor();
    await hands.alert(/^What you see is from \d\d:\d\d\. /).waitFor();
    await hands.heading('Off').waitFor();
    await hands.card('Users').getByText('Nobody yet').waitFor();
    expect(await judge(page)).toEqual([]);
    await page.unroute(asked, fail);
    await hands.button('Ask now').click();
    await hands.alert(says).waitFor({ state: 'hidden' });
  });

  it('whoever opens the page is told, and need not do anything', async () => {
    await hands.signIn(stage.token);
    await page.route(asked, fail);
    await page.reload();
    await hands.heading('No answer yet').waitFor();
    await hands.alert(says).waitFor();
    expect(await judge(page)).toEqual([]);
    await page.unroute(asked, fail);
    await hands.heading('Off').waitFor();
  });
});

it('says that it takes longer than usual where nothing comes for some time', async () => {
  await hands.signIn(stage.token);
  const waiting: Route[] = [];
  let isBack = false;
  await page.route(asked, (route) => (isBack ? route.continue() : void waiting.push(route)));
  await page.reload();
  await hands.heading('Looking …').waitFor();
  expect(await judge(page)).toEqual([]);
  await page.getByText('It takes longer than usual').waitFor();
  expect(await judge(page)).toEqual([]);
  isBack = true;
  for (const route of waiting) await route.continue();
  await hands.heading('Off').waitFor();
});

describe('offline', () => {
  it('what was typed stays, and is done at the second click, once', async () => {
    await hands.signIn(stage.token);
    await hands.fillAddForm('erin');
    await page.context().setOffline(true);
    await hands.button('Add and show the secrets').click();
    await hands.dialog('Add a user').getByText('is this device online?').waitFor();
    expect(await hands.dialog('Add a user').getByLabel('Name').inputValue()).toBe('erin');
    expect(await judge(page)).toEqual([]);
    await page.context().setOffline(false);
    await hands.button('Add and show the secrets').click();
    await hands.dialog('Secrets of erin').waitFor();
    await hands.button('Close').click();
    expect(await hands.card('Users').getByText('erin', { exact: true }).count()).toBe(1);
    await hands.remove('erin');
  });

  it('is over when the device says so, and not a minute later', async () => {
    await hands.signIn(stage.token);
    await page.context().setOffline(true);
    await hands.button('Stop').or(hands.button('Start')).click();
    await hands.alert('is this device online?').waitFor();
    await page.context().setOffline(false);
    await hands.alert(/^What you see is from/).waitFor({ state: 'hidden' });
  });
});

it('adds a user once though the first answer is lost, and says how to get the secrets', async () => {
  await hands.signIn(stage.token);
  let lost = 0;
  await page.route(/\/users$/, async (route) => {
    if (route.request().method() !== 'POST' || lost++) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await hands.fillAddForm('frank');
  await hands.button('Add and show the secrets').click();
  await hands
    .dialog('Add a user')
    .getByText(/its answer is not shown again.* rotate/)
    .waitFor();
  await hands.button('Close').click();
  await hands.card('Users').getByText('frank', { exact: true }).waitFor();
  await hands.remove('frank');
});

it('keeps new secrets in sight when the token is rotated meanwhile', async () => {
  await hands.signIn(stage.token);
  await hands.fillAddForm('grace');
  await hands.button('Add and show the secrets').click();
  await hands.dialog('Secrets of grace').waitFor();
  const { aws } = stage;
  stage.token = aws.pump.change(() => makeToken(aws.world, aws.config));
  await page.getByText('It may have been rotated since').waitFor({ state: 'attached' });
  expect(await hands.dialog('Secrets of grace').locator('pre').first().textContent()).toContain(
    'PrivateKey',
  );
  await hands.button('Close').click();
  // What the page had asked meanwhile was wrong too, and wrong tokens are followed by a wait.
  aws.clock.go(60);
  const headers = { authorization: `Bearer ${stage.token}` };
  const isListened = async () => (await fetch(`${aws.api.url}/users`, { headers })).ok;
  await expect.poll(isListened, { timeout: patienceMs }).toBe(true);
  aws.clock.go(speed);
  await page.getByLabel('Token').fill(stage.token);
  await hands.button('Sign in').click();
  await hands.card('Users').getByText('grace', { exact: true }).waitFor();
  await hands.remove('grace');
});

it('asks for a day where a window of the week has none', async () => {
  await hands.signIn(stage.token);
  await hands.button('Plan it').click();
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await page.getByLabel(day).uncheck();
  await hands.button('Save').click();
  await hands.alert('Choose a day for window 1, or remove it').waitFor();
});
