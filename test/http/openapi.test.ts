/** The contract itself: whole, without loose ends, and held against what it allows and forbids. */
import { expect, test } from 'vitest';
import { openapi } from '../../shared/http/openapi.ts';
import { operations, toBreaches } from './contract.ts';

const text = JSON.stringify(openapi);

test('every reference leads somewhere, and everything is referred to', () => {
  const { schemas, responses } = openapi.components;
  const all = [
    ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
    ...Object.keys(responses).map((name) => `#/components/responses/${name}`),
  ];
  const found = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(new Set(found)).toEqual(new Set(all));
});

test('every operation has a name of its own, and needs a token unless it is a page', () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const open = operations.filter((one) => one.open).map(({ path }) => path);
  expect(open).toEqual(['/health', '/openapi.json']);
});

test('whoever breaks it is found', () => {
  const health = operations.find(({ id }) => id === 'getHealth');
  if (!health) throw new Error('there is no getHealth');
  const headers = new Headers({ 'content-type': 'application/json' });
  const breaches = (status: number, body: unknown, type = headers) =>
    toBreaches(health, { status, headers: type, body });
  expect(breaches(200, { ok: true })).toEqual([]);
  expect(breaches(200, { ok: true, more: 1 })).toHaveLength(1);
  expect(breaches(200, {})).toHaveLength(1);
  expect(breaches(201, { ok: true })).toHaveLength(1);
  expect(breaches(200, 'ok', new Headers({ 'content-type': 'text/plain' }))).toHaveLength(1);
  expect(breaches(200, undefined, new Headers())).toHaveLength(1);
});
