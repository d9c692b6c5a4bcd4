/** The dashboard as it looks after a week: pictures for the README, and a look at every system's profile. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { makeToken } from '../../local/world-route.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { judge, openBrowser, openPage, patienceMs, readShifts, sizes } from './browser.ts';

const root = resolve(import.meta.dirname, '../..');
/** `SCREENSHOTS=docs npm run test:web` renews those that the README shows. */
const folder = join(root, process.env.SCREENSHOTS ?? 'build/screenshots');

/** What is seen on a desk after a turn of the wheel: the chart too. */
const heights = { phone: sizes.phone.height, desktop: 1160 };

let browser: Browser;
let aws: LocalAws;
let token: string;

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  const [onLog, onFailed] = [() => {}, () => {}];
  // In real time: nothing is to move by itself while it is looked at.
  const options = { packageDir, speed: 1, port: 0, seed: 1, pastDays: 7, onLog, onFailed };
  [browser, aws] = await Promise.all([openBrowser(), startLocalAws(options)]);
  token = aws.pump.change(() => makeToken(aws.world, aws.config));
});

afterAll(async () => {
  await browser?.close();
  await aws?.stop();
});

it.each(Object.keys(sizes) as (keyof typeof sizes)[])('on a %s', async (size) => {
  const { page, troubles, close } = await openPage(browser, aws.api.url, {
    size,
    allowed: [
      // It has no schedule, and there was no month before this one.
      /404 .*\/(schedule|ledger\?month=[\d-]+)$/,
      // On a busy machine AWS may not answer in time; then the page asks again.
      /status of 503/,
    ],
  });
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Serving' }).waitFor();
  // Somebody connects a moment after the world has begun: from then on nothing changes by itself.
  await page
    .getByText(/^WireGuard, /)
    .first()
    .waitFor();
  // As it opens for whoever has signed in before.
  await page.reload();
  // All is there: the price of now, the week behind, the people, those connected.
  await page.getByRole('cell', { name: /here it runs/ }).waitFor();
  await page
    .getByText(/serves without an outage/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Rotate bob' }).waitFor();
  await page
    .getByText(/^WireGuard, /)
    .first()
    .waitFor();
  await page.getByRole('img', { name: /^The last 30 days, 1 of them/ }).waitFor();
  expect(await judge(page)).toEqual([]);
  expect(await readShifts(page)).toBeLessThan(0.01);
  // Nothing is wider than the screen, on the smallest phone either.
  await page.setViewportSize({ width: 320, height: 640 });
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: patienceMs })
    .toBeLessThanOrEqual(320);
  await page.setViewportSize(sizes[size]);
  const clip = { x: 0, y: 0, ...sizes[size], height: heights[size] };
  const path = join(folder, `dashboard-${size}.png`);
  await page.screenshot({ path, fullPage: true, clip });
  await close();
  expect(troubles).toEqual([]);
});
