/** docs/configuration.md has every key of perennial.yml, as it holds, and what is said of a wrong one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { toConfigurationDocs } from '../../scripts/vpn/configuration.ts';
import { toSettingsFaults } from '../../scripts/vpn/settings.ts';
import { root } from '../scripts/cli.ts';

const text = (file: string) => readFileSync(join(root, file), 'utf8');
const page = text('docs/configuration.md');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$/gm)].map(
  ([, key = '', , what = '', rules = '']) => ({ key, what, rules }),
);

it('is up to date; else do: npm run docs:configuration', () => {
  expect(page).toBe(toConfigurationDocs(text('serverless.yml')));
});

it('has what each key is', () => {
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter(({ what, rules }) => !what || !rules)).toEqual([]);
});

test.each(rows)('a wrong $key is told what stands there', ({ key, rules }) => {
  const faults = toSettingsFaults(`${key}: '§'`, false)
    .filter((fault) => fault.startsWith(`${key}: `))
    .map((fault) => fault.slice(key.length + 2));
  expect(faults).not.toEqual([]);
  expect(faults.filter((fault) => !rules.includes(fault))).toEqual([]);
});

it('that all of it is known, a key that is none is told', () => {
  const [fault = ''] = toSettingsFaults('colour: blue', false);
  expect(fault).toBe(`colour: is no key; there are ${rows.map(({ key }) => key).join(', ')}`);
});
