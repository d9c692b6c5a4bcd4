/** A browser that a person could sit at: it tells of everything that goes wrong in a page, and of axe's findings. */
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

export const chromiumPath = '/usr/bin/chromium';
export const fontPath = '/usr/share/fonts/opentype/inter';

/** A machine that is busy with something else is slow, and not wrong: whatever is waited for comes in the end. */
export const patienceMs = 5 * 60_000;

export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
};

export interface Sight {
  page: Page;
  /** What went wrong in it: errors, refusals of its policy, requests to elsewhere. */
  troubles: string[];
  close: () => Promise<void>;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath,
    // In a container of CI there is no user to be protected from the page, which is ours.
    args: ['--no-sandbox'],
    env: { ...process.env, FONTCONFIG_FILE: join(import.meta.dirname, 'fonts.conf') },
  });
}

/** `allowed` are messages of the console that belong to the story, like a refused token. */
export async function openPage(
  browser: Browser,
  url: string,
  { size = 'desktop', allowed = [] }: { size?: keyof typeof sizes; allowed?: RegExp[] } = {},
): Promise<Sight> {
  const context = await browser.newContext({
    viewport: sizes[size],
    ...(size === 'phone' && { deviceScaleFactor: 2, isMobile: true, hasTouch: true }),
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.addInitScript(`
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) globalThis.shifts += value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);
  const troubles = listen(context, page, url, allowed);
  await page.goto(url);
  return { page, troubles, close: () => context.close() };
}

function listen(context: BrowserContext, page: Page, url: string, allowed: RegExp[]): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A policy that refuses something says so here.
    if (!['error', 'warning'].includes(message.type())) return;
    const text = `${message.text()} ${message.location().url}`;
    if (!allowed.some((one) => one.test(text))) troubles.push(`console: ${text}`);
  });
  context.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      troubles.push(`asked elsewhere: ${request.url()}`);
  });
  return troubles;
}

/** How much of what stood in sight has moved since the page was loaded: 0 is nothing, 0.1 is a nuisance. */
export function readShifts(page: Page): Promise<number> {
  return page.evaluate<number>('globalThis.shifts');
}

interface Found {
  id: string;
  where: string[];
}

/** What axe finds, in light and in dark; run in a world of its own, since the page's policy forbids it in the page's. */
export async function judge(page: Page): Promise<Found[]> {
  const found: Found[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...(await runAxe(page)));
  }
  return found;
}

async function runAxe(page: Page): Promise<Found[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  });
  await session.send('Runtime.evaluate', { expression: axe.source, contextId });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document).then(({ violations }) => violations.map(
      ({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html.slice(0, 160)) })))`,
    contextId,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  if (exceptionDetails) throw new Error(exceptionDetails.text);
  return result.value as Found[];
}
