/** Whatever there is to show fits: on the smallest phone, at 200 %, with long names and many people. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { judge, openPage, patienceMs, type Sight, sizes } from './browser.ts';
import { type Hands, setWebStage, toHands, type WebStage } from './stage.ts';

let stage: WebStage;
let sight: Sight;
let page: Page;
let hands: Hands;

beforeAll(async () => {
  // In real time: nothing moves by itself while it is looked at.
  stage = await setWebStage(1);
});

afterAll(() => stage?.stop());

beforeEach(async () => {
  // There is no schedule, and there was no month before this one.
  sight = await openPage(stage.browser, stage.aws.api.url, { allowed: [/status of 404/] });
  page = sight.page;
  hands = toHands(page);
});

afterEach(async () => {
  await sight.close();
  expect(sight.troubles).toEqual([]);
});

it('says why no server can be had, and shows long names and many people whole', async () => {
  const { market } = stage.aws.world;
  const setAll = (there: boolean) =>
    stage.aws.pump.change(() => {
      for (const type of market.types)
        for (const zone of market.zones)
          for (const kind of ['spot', 'on-demand'] as const)
            market.setCapacity({ type, zone }, kind, there);
    });
  await hands.signIn(stage.token);
  setAll(false);
  await hands.button('Start').click();
  await hands.heading('Stuck').waitFor();
  await hands.card('Server').getByText('None can be had just now').waitFor();
  expect(await judge(page)).toEqual([]);

  // No VPN here has such a name, nor that many people.
  await page.route(/\/status/, async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as { at: string };
    const name = `${'a-long-label-of-a-name.'.repeat(9)}example.org`;
    const who = Array.from({ length: 30 }, (_, index) => {
      const user = `twenty-letters-${String(index).padStart(5, '0')}`;
      return { user, protocol: 'wireguard', since: status.at, bytes: 10 ** (index % 14) };
    });
    const body = { ...status, name, who, unread: ['the name: TimeoutError'] };
    await route.fulfill({ response, json: body });
  });
  await page.getByText('AWS did not tell the name: TimeoutError').waitFor();
  for (const width of [320, sizes.phone.width, sizes.desktop.width]) {
    await page.setViewportSize({ width, height: 640 });
    await expectToFit();
  }
  expect(await judge(page)).toEqual([]);
  await page.unrouteAll({ behavior: 'wait' });
  setAll(true);
  await hands.button('Stop').click();
  await hands.heading('Off').waitFor();
});

/** Nothing is wider than the screen: who needs large letters would have to scroll to and fro for each line. */
async function expectToFit(): Promise<void> {
  const width = page.viewportSize()?.width ?? 0;
  const widest = () => page.evaluate<number>('document.documentElement.scrollWidth');
  await expect.poll(widest, { timeout: patienceMs }).toBeLessThanOrEqual(width);
}

it.each([
  ['on the smallest phone', { width: 320, height: 640 }],
  ['on a desk at 200 %', { width: sizes.desktop.width / 2, height: sizes.desktop.height / 2 }],
])('%s every dialog fits, and nothing moves by itself', async (_, size) => {
  await page.setViewportSize(size);
  await hands.signIn(stage.token);
  await expectToFit();
  await hands.fillAddForm('heidi');
  await hands.dialog('Add a user').getByText('An end, or a key of their own').click();
  await expectDialogToFit('Add a user');
  await hands.button('Add and show the secrets').click();
  await hands.dialog('Secrets of heidi').waitFor();
  await expectDialogToFit('Secrets of heidi');
  await hands.button('Close').click();
  await hands.button('Profile of heidi').click();
  await hands.dialog('Profile of heidi').locator('[data-system="ios"]').waitFor();
  await expectDialogToFit('Profile of heidi');
  await hands.button('Close').click();
  await hands.button('Plan it').click();
  await hands.button('Another window').click();
  await expectDialogToFit('The week');
  await hands.button('Close').click();
  expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  await hands.remove('heidi');
});

async function expectDialogToFit(name: string): Promise<void> {
  await hands.dialog(name).waitFor();
  // As wide as what is in it, but for what scrolls by itself.
  expect(await page.evaluate(`document.querySelector('dialog').scrollWidth`)).toBe(
    await page.evaluate(`document.querySelector('dialog').clientWidth`),
  );
}
