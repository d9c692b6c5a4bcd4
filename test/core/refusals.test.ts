/** What each refusal of EC2's closes and for how long, and what of the market then stays open. */
import { expect, test } from 'vitest';
import { refusals, toHold, toRefusal } from '../../shared/core/refusals.ts';
import type { Hold } from '../../shared/core/remembered.ts';
import { minuteMs, nano, now, secondMs } from './scene.ts';

type Closed = Omit<Hold, 'until' | 'code' | 'times'>;

const pool: Closed = { market: 'spot', ...nano };
const zone: Closed = { zone: nano.zone };
const typeInZone: Closed = nano;
const market: Closed = { market: 'spot' };
const all: Closed = {};
const dayMs = 24 * 60 * minuteMs;
const refused = (code: string) => ({ code, market: 'spot' as const, pool: nano, at: now });

/** Every way in which EC2 refuses a launch, and what is then left alone for how long. */
const table: [code: string, closed: Closed, forMs: number, says: RegExp][] = [
  ['SpotMaxPriceTooLow', pool, 3 * minuteMs, /above|more than the cap/],
  ['InsufficientInstanceCapacity', pool, 3 * minuteMs, /no capacity/],
  ['UnfulfillableCapacity', pool, 3 * minuteMs, /no capacity/],
  ['InsufficientHostCapacity', pool, 3 * minuteMs, /no capacity/],
  ['MaxSpotInstanceCountExceeded', market, 10 * minuteMs, /quota.*Service Quotas/],
  ['VcpuLimitExceeded', market, 5 * minuteMs, /quota.*Service Quotas/],
  ['InstanceLimitExceeded', market, 5 * minuteMs, /quota.*Service Quotas/],
  ['Unsupported', typeInZone, dayMs, /does not offer that type/],
  ['InsufficientFreeAddressesInSubnet', zone, 10 * minuteMs, /free some/],
  ['InsufficientAddressCapacity', zone, 10 * minuteMs, /free some/],
  ['RequestLimitExceeded', all, 10 * secondMs, /too many requests/],
  ['EC2ThrottledException', all, 10 * secondMs, /too many requests/],
  ['InvalidLaunchTemplateId.NotFound', all, 5 * minuteMs, /launch template.*deploy/],
  ['InvalidLaunchTemplateId.VersionNotFound', all, 5 * minuteMs, /launch template.*deploy/],
  ['InvalidLaunchTemplateName.NotFoundException', all, 5 * minuteMs, /launch template.*deploy/],
  ['InvalidAMIID.NotFound', all, 5 * minuteMs, /image.*bake/],
  ['InvalidAMIID.Unavailable', all, 5 * minuteMs, /image.*bake/],
  ['InvalidParameterValue', all, 5 * minuteMs, /configuration.*doctor/],
  ['UnauthorizedOperation', all, 5 * minuteMs, /role.*deploy/],
  [
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted',
    market,
    5 * minuteMs,
    /create-service-linked-role/,
  ],
  ['IdempotentParameterMismatch', all, minuteMs, /another pass/],
  ['interrupted', pool, 3 * minuteMs, /lately/],
  ['StaleToken', all, 0, /has ended/],
];

test.each(table)('%s closes %j for %d ms', (code, closed, forMs, says) => {
  expect(toHold(refused(code), 1)).toEqual({ ...closed, until: now + forMs, code, times: 1 });
  expect(toRefusal(code).says).toMatch(says);
});

test('these are all', () => {
  expect(table.map(([code]) => code).sort()).toEqual(Object.keys(refusals).sort());
});

test.each(['NobodyForesawThis', 'constructor', '__proto__', 'toString', ''])(
  'the code %j, which is not in the table, closes only its pool',
  (code) => {
    const until = now + 5 * minuteMs;
    expect(toHold(refused(code), 1)).toEqual({ ...pool, until, code, times: 1 });
    expect(toRefusal(code).says).toBe('an error that is not in the table');
  },
);

test.each(table)('%s says why within a line', (code) => {
  expect(toRefusal(code).says).toMatch(/^\S.{9,149}$/);
});

test("a refusal on demand closes on demand, and a zone of EC2's choice stays that", () => {
  const chosen = { type: 't3.nano', zone: null };
  const until = now + 3 * minuteMs;
  const code = 'InsufficientInstanceCapacity';
  expect(toHold({ code, market: 'on-demand', pool: chosen, at: now }, 1)).toEqual({
    market: 'on-demand',
    ...chosen,
    until,
    code,
    times: 1,
  });
});

/** Minutes of the first nine holds in a row, by what the answer says. */
const escalating: [code: string, minutes: number[]][] = [
  ['interrupted', [3, 6, 12, 24, 48, 96, 192, 360, 360]],
  ['InsufficientInstanceCapacity', [3, 6, 12, 24, 48, 60, 60, 60, 60]],
  ['UnfulfillableCapacity', [3, 6, 12, 24, 48, 60, 60, 60, 60]],
  ['InsufficientHostCapacity', [3, 6, 12, 24, 48, 60, 60, 60, 60]],
  ['SpotMaxPriceTooLow', [3, 6, 12, 24, 48, 60, 60, 60, 60]],
];

test.each(escalating)('%s in a row closes for %j minutes', (code, minutes) => {
  const lengths = minutes.map(
    (_, index) => (toHold(refused(code), index + 1).until - now) / minuteMs,
  );
  expect(lengths).toEqual(minutes);
});

const steady = table.filter(
  ([code, , forMs]) => forMs > 0 && !escalating.some(([other]) => other === code),
);

test.each(steady)('%s closes %j for %d ms each time, however often', (code, _, forMs) => {
  for (const times of [2, 20, 2_000]) expect(toHold(refused(code), times).until).toBe(now + forMs);
});
