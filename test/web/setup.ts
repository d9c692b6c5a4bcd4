/** Before the page is driven: Debian's chromium, and the font that its screenshots are set in. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumPath, fontPath } from './browser.ts';

export function setup(): void {
  if (existsSync(chromiumPath) && existsSync(fontPath)) return;
  console.log('Installing chromium and fonts-inter with apt-get; it takes a minute or two');
  try {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-qy', 'chromium', 'fonts-inter'], { stdio: 'ignore' });
  } catch (error) {
    throw new Error(
      'The page is driven in Debian’s chromium; as root: apt-get install chromium fonts-inter',
      { cause: error },
    );
  }
}
