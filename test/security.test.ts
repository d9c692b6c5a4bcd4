/** docs/security.md tells of every statement there is, and of none that is not; and each answer in it has its test. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { toPolicy, toTrust } from '../scripts/vpn/drill/role.ts';
import { packageTemplate } from './compiled-template.ts';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');
const { Resources } = await packageTemplate();

/** Every statement with a name in a resource of the template. */
function toSids(value: unknown): string[] {
  if (value === null || typeof value !== 'object') return [];
  const { Sid } = value as { Sid?: unknown };
  const own = typeof Sid === 'string' ? [Sid] : [];
  return [...own, ...Object.values(value).flatMap(toSids)];
}

const toCode = (part: string) => [...part.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const toRows = (part: string) => part.split('\n').filter((line) => /^\| (?!---)/.test(line));
const roles = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::IAM::Role');

describe('of every role the document explains', () => {
  test.each(roles)('%s, each statement and no other', (role) => {
    const [, section = ''] = new RegExp(`^### ${role}$([^#]*)`, 'm').exec(text) ?? [];
    const explained = toRows(section).flatMap((row) => toCode(row.split('|')[1] ?? ''));
    expect(explained.toSorted()).toEqual(toSids(Resources[role]).toSorted());
  });

  test("a drill's, which is in no template, each statement and no other", () => {
    const [, section = ''] = /^### The role of a drill$([^#]*)/m.exec(text) ?? [];
    const explained = toRows(section).flatMap((row) => toCode(row.split('|')[1] ?? ''));
    const place = { vpn: 'home', region: 'us-east-1', account: '1', partition: 'aws' };
    const sids = [toTrust(place), toPolicy(place, 'i-1')].flatMap(toSids);
    expect(explained).toEqual(sids);
  });

  test('and what other resources allow', () => {
    const others = Object.entries(Resources).filter(([id]) => !roles.includes(id));
    for (const sid of others.flatMap(([, resource]) => toSids(resource)))
      expect(toCode(text)).toContain(sid);
  });
});

describe('each threat', () => {
  const [, part = ''] = text.split('\n## What if\n');
  const [table = ''] = part.split('\n## ');
  const threats = toRows(table).slice(1);

  test('is in a table', () => {
    expect(threats.length).toBeGreaterThan(15);
  });

  test.each(threats.map((row) => row.split('|').map((cell) => cell.trim())))(
    '%s%s has an answer, and a test that holds it',
    (...cells) => {
      const [, , answer = '', , tests = ''] = cells;
      expect(answer).not.toBe('');
      expect(toCode(tests)).not.toEqual([]);
    },
  );
});

test('every test that is named is there', () => {
  const named = toCode(text).filter((code) => code.startsWith('test/'));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('every dependency is pinned exactly, and locked with its hash', () => {
  const { dependencies, devDependencies, optionalDependencies } = packageJson;
  const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  const locked = Object.entries(lock.packages);
  const unhashed = locked.filter(([path, { integrity }]) => path && !integrity?.startsWith('sha'));
  expect(unhashed.map(([path]) => path)).toEqual([]);
});
