/** Nothing that is built, deployed or baked has anything of a secret's form in it; and the forms are those of secrets. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageDir } from '../../scripts/package-dir.ts';
import { makeKeyPair, makePassword, makePresharedKey } from '../../shared/users/credentials.ts';
import { readTexts } from './artefacts.ts';

const groups = '[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){5}';
const forms: [what: string, form: RegExp, example: () => string][] = [
  ['a password', new RegExp(`(?<![\\w-])${groups}(?![\\w-])`), makePassword],
  [
    'a WireGuard key',
    // Hashes of the page's own script and style have the same form.
    /(?<!sha256-)(?<![\w+/=])[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=(?![\w+/=])/,
    makePresharedKey,
  ],
  ['a private key in a file', /PrivateKey\s*=\s*\S{43}=/, toConf],
  ['a webhook', /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/, toWebhook],
  ["an AWS account's key", /\b(AKIA|ASIA)[A-Z2-7]{16}\b/, () => `AKIA${'Q3EXAMPLE7QWERTY'}`],
  ['a key in PEM', /-----BEGIN [A-Z ]*PRIVATE KEY-----/, toPem],
  ['a bearer token', /[Bb]earer [\w-]{43}\b/, () => `Bearer ${'x'.repeat(43)}`],
];

function toConf(): string {
  return `[Interface]\nPrivateKey = ${makeKeyPair().privateKey}\n`;
}

function toWebhook(): string {
  return ['https://hooks.slack.com', 'services', 'T0000', 'B0000', 'abcDEF123'].join('/');
}

function toPem(): string {
  return ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
}

const built = await readTexts(packageDir);
const root = join(import.meta.dirname, '../..');
const image = globSync('image/**', { cwd: root })
  .filter((file) => statSync(join(root, file)).isFile())
  .map((file): [string, string] => [file, readFileSync(join(root, file), 'utf8')]);

test.each(forms)('%s is known by its form', (_, form, example) => {
  for (let count = 0; count < 50; count++) expect(example()).toMatch(form);
});

test('five zips, the page, the templates and the image are looked at', () => {
  const names = [...built.keys()].join(' ');
  for (const name of ['api', 'dyndns', 'profile', 'reconcile', 'tell'])
    expect(names).toContain(`${name}.zip/build/${name}.js`);
  expect(names).toContain('cloudformation-template-update-stack.json');
  expect([...built.values()].some((text) => text.startsWith('<!doctype html>'))).toBe(true);
  expect(image.length).toBeGreaterThan(30);
});

test.each(forms)('%s stands nowhere in them', (_, form) => {
  const all = [...built, ...image];
  expect(all.filter(([, text]) => form.test(text)).map(([name]) => name)).toEqual([]);
});
