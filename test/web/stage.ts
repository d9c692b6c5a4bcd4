/** The packaged functions in the played world, and a browser to look at them with. */
import type { Browser, Page } from 'playwright-core';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { makeToken, setPower } from '../../local/world-route.ts';
import { packageDir } from '../../scripts/package-dir.ts';
import { openBrowser } from './browser.ts';

export interface WebStage {
  browser: Browser;
  aws: LocalAws;
  token: string;
  stop: () => Promise<void>;
}

/** With the image that servers are launched from, and the VPN off. `speed` is in seconds a second. */
export async function setWebStage(speed: number): Promise<WebStage> {
  const onLog = (line: string) => {
    if (line.startsWith('local:')) console.error(line);
  };
  const options = { packageDir, speed, port: 0, seed: 1, onLog, onFailed: () => {} };
  const [browser, aws] = await Promise.all([openBrowser(), startLocalAws(options)]);
  const token = aws.pump.change(() => {
    setPower(aws.world, aws.config, 'off');
    return makeToken(aws.world, aws.config);
  });
  return {
    browser,
    aws,
    token,
    async stop() {
      await browser.close();
      await aws.stop();
    },
  };
}

/** What a person finds on the page by its name, and does again and again. */
export function toHands(page: Page) {
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const card = (name: string) => page.getByRole('region', { name, exact: true });
  const dialog = (name: string) => page.getByRole('dialog', { name, exact: true });
  return {
    button,
    card,
    dialog,
    heading: (name: string) => page.getByRole('heading', { level: 1, name, exact: true }),
    alert: (words: RegExp | string) => page.getByRole('alert').getByText(words).first(),
    async signIn(token: string) {
      await page.getByLabel('Token').fill(token);
      await button('Sign in').click();
      await card('Users').getByText('Nobody yet').waitFor();
    },
    async fillAddForm(name: string) {
      await button('Add').click();
      await dialog('Add a user').getByLabel('Name').fill(name);
    },
    async remove(user: string) {
      await button(`Remove ${user}`).click();
      await button(`Really remove ${user}`).click();
      await card('Users').getByText('Nobody yet').waitFor();
    },
  };
}

export type Hands = ReturnType<typeof toHands>;
