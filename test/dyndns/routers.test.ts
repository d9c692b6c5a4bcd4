/** What docs/dyndns.md tells people to enter in their routers: the function understands what comes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toResponse } from '../../shared/dyndns/reply.ts';
import { home, setHouse } from './house.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/dyndns.md'), 'utf8');
const forms = text.split('\n').flatMap((line): [router: string, form: string][] => {
  const [, router = '', form = ''] =
    /^\| ([\w!]+) \|.*?(SERVER\/nic\/update\?[^`\s]+)/.exec(line) ?? [];
  return form ? [[router, form]] : [];
});

/** As the router fills it in; one without IPv6 leaves that away. */
function fill(form: string, host: string, v4: string): string {
  return form
    .replace(/<domain>|\[DOMAIN]|%h|__HOSTNAME__/, host)
    .replace(/<ipaddr>|\[IP]|%IP%|%i|__MYIP__/, v4)
    .replace('<ip6addr>', '');
}

test('all but OPNsense, which makes its own, are told a URL', () => {
  expect(forms.map(([router]) => router)).toEqual([
    'FRITZ!Box',
    'OpenWrt',
    'UniFi',
    'pfSense',
    'Synology',
  ]);
});

// As its source has it, in place of a URL.
const all = [
  ...forms,
  ['OPNsense', 'SERVER/nic/update?hostname=%h&myip=%i&wildcard=NOCHG'] as [string, string],
];

test.each(all)('%s moves the name, and is told that it is there', async (_, form) => {
  const house = setHouse();
  const login = await house.add({});
  const [path = '', query = ''] = fill(form, home, '203.0.113.9').replace('SERVER', '').split('?');
  for (const word of ['good', 'nochg']) {
    const { body } = toResponse(await house.ask({ path, query, login }));
    expect(body).toBe(`${word} 203.0.113.9\n`);
  }
  expect(house.records(home)).toEqual({ A: '203.0.113.9' });
});
