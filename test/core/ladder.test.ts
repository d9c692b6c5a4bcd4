/** Which pools are worth asking, in which order, at which limit, and why. */
import { describe, expect, test } from 'vitest';
import { type Rung, toLadder, whyNoRung } from '../../shared/core/ladder.ts';
import type { Ledger, Observed, Policy } from '../../shared/core/model.ts';
import type { Hold } from '../../shared/core/remembered.ts';
import { nano, nanoAmd, now, observe, policy, toHolds, toPrice, toPrices } from './scene.ts';

const spot = [
  'spot t3.nano us-east-1a at 0.0016, limit 0.004',
  'spot t3.nano us-east-1b at 0.0018, limit 0.004',
  'spot t3a.nano us-east-1a at 0.002, limit 0.004',
  'spot t3a.nano us-east-1b at 0.0021, limit 0.004',
];
const onDemand = [
  'on-demand t3a.nano us-east-1a at 0.0047, limit null',
  'on-demand t3a.nano us-east-1b at 0.0047, limit null',
  'on-demand t3.nano us-east-1a at 0.0052, limit null',
  'on-demand t3.nano us-east-1b at 0.0052, limit null',
];
const priced = (...prices: Parameters<typeof toPrices>) =>
  observe([], { prices: toPrices(...prices) });
const capped = (cap: number): Policy => ({ ...policy, cap });
const unlimited = (rungs: string[]) => rungs.map((rung) => rung.replace('0.004', 'null'));

test.each<[sentence: string, observed: Observed, policy: Policy, expected: string[]]>([
  ['spot first, the cheapest first, then on demand', observe([]), policy, [...spot, ...onDemand]],
  [
    'a price that equals the cap is within it',
    priced(0.004, 0.0041, 0.0039, 0.005),
    policy,
    [
      'spot t3a.nano us-east-1a at 0.0039, limit 0.004',
      'spot t3.nano us-east-1a at 0.004, limit 0.004',
      ...onDemand,
    ],
  ],
  ['all of spot is above the cap', priced(0.0041, 0.005, 0.006, 0.0048), policy, onDemand],
  [
    'equal prices go by the order of the configured types, then by zone',
    priced(0.002, 0.002, 0.002, 0.002),
    policy,
    [
      'spot t3.nano us-east-1a at 0.002, limit 0.004',
      'spot t3.nano us-east-1b at 0.002, limit 0.004',
      'spot t3a.nano us-east-1a at 0.002, limit 0.004',
      'spot t3a.nano us-east-1b at 0.002, limit 0.004',
      ...onDemand,
    ],
  ],
  [
    'a cap just below on demand is sent',
    priced(0.0016, 9, 0.002, 9),
    capped(0.0051),
    [
      'spot t3.nano us-east-1a at 0.0016, limit 0.0051',
      // t3a.nano costs $0.0047 on demand: a limit above that would change nothing.
      'spot t3a.nano us-east-1a at 0.002, limit null',
      ...onDemand,
    ],
  ],
  [
    'a cap of the on-demand price is not sent',
    observe([]),
    capped(0.0052),
    [...unlimited(spot), ...onDemand],
  ],
  ['a cap above on demand is not sent', observe([]), capped(1), [...unlimited(spot), ...onDemand]],
  [
    'without prices EC2 chooses the zone, and the cap holds all the same',
    observe([], { prices: null }),
    capped(0.0047),
    [
      'spot t3.nano null at null, limit 0.0047',
      'spot t3a.nano null at null, limit null',
      'on-demand t3a.nano null at 0.0047, limit null',
      'on-demand t3.nano null at 0.0052, limit null',
    ],
  ],
  [
    'a type that spot does not sell anywhere is asked for on demand, in a zone of EC2’s choice',
    observe([], { prices: [toPrice(nano, 0.0016)] }),
    policy,
    [
      spot[0] ?? '',
      'on-demand t3a.nano null at 0.0047, limit null',
      'on-demand t3.nano us-east-1a at 0.0052, limit null',
    ],
  ],
  [
    'prices of types that nobody asked for do not count',
    observe([], { prices: [toPrice({ type: 'm7i.large', zone: 'us-east-1a' }, 0.001)] }),
    policy,
    [
      'on-demand t3a.nano null at 0.0047, limit null',
      'on-demand t3.nano null at 0.0052, limit null',
    ],
  ],
])('%s', (_, observed, chosen, expected) => {
  expect(toLadder(observed, chosen).map(toText)).toEqual(expected);
});

describe('a hold closes', () => {
  const notNano = (rung: string) => !rung.includes('t3.nano us-east-1a');
  test.each<[scope: string, hold: Partial<Hold>, isOpen: (rung: string) => boolean]>([
    [
      'a pool on one market',
      { market: 'spot', ...nano },
      (rung) => notNano(rung) || rung.startsWith('on-demand'),
    ],
    ['a type in a zone on both markets', nano, notNano],
    ['a zone', { zone: 'us-east-1b' }, (rung) => !rung.includes('us-east-1b')],
    ['a market', { market: 'on-demand' }, (rung) => rung.startsWith('spot')],
    ['all', {}, () => false],
    [
      'a pool without a zone, but none with one',
      { market: 'spot', type: 't3.nano', zone: null },
      () => true,
    ],
  ])('%s', (_, hold, isOpen) => {
    const observed = observe([], { memory: toHolds(hold) });
    const expected = [...spot, ...onDemand].filter(isOpen);
    expect(toLadder(observed, policy).map(toText)).toEqual(expected);
  });

  test('until its time is over', () => {
    const ladder = (until: number) => toLadder(observe([], { memory: toHolds({ until }) }), policy);
    expect(ladder(now + 1)).toEqual([]);
    expect(ladder(now)).toHaveLength(8);
  });

  test('a pool in a zone of EC2’s choice too', () => {
    const memory = toHolds({ market: 'spot', type: 't3.nano', zone: null });
    const ladder = toLadder(observe([], { prices: null, memory }), policy);
    expect(ladder.map(({ pool }) => pool.type)).toEqual(['t3a.nano', 't3a.nano', 't3.nano']);
  });
});

test('is the same in whatever order EC2 lists its prices', () => {
  const prices = toPrices(0.002, 0.002, 0.002, 0.002);
  const ladder = (listed: typeof prices) => toLadder(observe([], { prices: listed }), policy);
  expect(ladder(prices.toReversed())).toEqual(ladder(prices));
});

test('spot that costs more than on demand is not tried, though it is within the cap', () => {
  const ladder = toLadder(priced(0.0053, 0.0052, 0.0047, 0.0048), capped(0.01));
  expect(ladder.slice(0, 3).map(toText)).toEqual([
    'spot t3a.nano us-east-1a at 0.0047, limit null',
    'spot t3.nano us-east-1b at 0.0052, limit null',
    onDemand[0],
  ]);
});

test('a rung knows how high its price was lately, as far as prices are known', () => {
  const prices = [toPrice(nano, 0.0016, 0.0039)];
  const peaks = (observed: Observed) => toLadder(observed, policy).map(({ peak }) => peak);
  expect(peaks(observe([], { prices }))).toEqual([0.0039, 0.0047, 0.0052]);
  expect(peaks(observe([], { prices: null }))).toEqual([null, null, 0.0047, 0.0052]);
});

describe('what may be spent on demand in a month', () => {
  const none = { hours: 0, dollars: 0 };
  const spent = (dollars: number, month = '2026-11'): Ledger => ({
    month,
    until: now,
    spot: none,
    onDemand: { hours: 1_000, dollars },
    address: none,
    disk: none,
    alwaysOnDemand: none,
    days: {},
  });
  test.each<[sentence: string, ledger: Ledger | null, expected: string[]]>([
    ['is not yet spent', spent(4.999_999), [...spot, ...onDemand]],
    ['is spent: spot only', spent(5), spot],
    ['was spent last month, which counts no more', spent(5, '2026-10'), [...spot, ...onDemand]],
    ['is not known', null, [...spot, ...onDemand]],
  ])('%s', (_, ledger, expected) => {
    expect(toLadder(observe([], { ledger }), policy).map(toText)).toEqual(expected);
  });

  test('is the reason when nothing else is left', () => {
    const memory = toHolds({ market: 'spot', code: 'MaxSpotInstanceCountExceeded' });
    const observed = observe([], { ledger: spent(5), memory });
    expect(toLadder(observed, policy)).toEqual([]);
    expect(whyNoRung(observed, policy)).toBe(
      "every pool is closed for now (on demand has cost its $5 of this month; the account's spot quota is used up; ask AWS for more in Service Quotas)",
    );
  });

  test('of nothing launches nothing on demand, once something is counted', () => {
    const frugal = { ...policy, onDemandDollarsMax: 0 };
    expect(toLadder(observe([], { ledger: spent(0) }), frugal).map(toText)).toEqual(spot);
  });
});

describe('the reason for', () => {
  test.each<[sentence: string, observed: Observed, why: string]>([
    ['spot within the cap', observe([]), 'on spot at $0.0016/h, within the cap of $0.004'],
    [
      'spot without prices',
      observe([], { prices: null }),
      'on spot for at most $0.004/h, since EC2 does not tell its prices',
    ],
    [
      'on demand above the cap',
      priced(0.0048, 0.0049, 0.005, 0.0041),
      'on demand at $0.0047/h, since spot costs $0.0041/h at the cheapest, above the cap of $0.004',
    ],
    [
      'on demand while spot is closed',
      observe([], { memory: toHolds({ market: 'spot' }) }),
      'on demand at $0.0047/h, since every spot pool within the cap refused or interrupted us lately',
    ],
    [
      'on demand where spot sells nothing',
      observe([], { prices: [] }),
      'on demand at $0.0047/h, since no spot pool offers the types asked for',
    ],
  ])('%s', (_, observed, why) => {
    expect(toLadder(observed, policy)[0]?.why).toBe(why);
  });

  test('no rung at all names each reason once, in the same words while they last', () => {
    const holds = [
      { ...nano, code: 'InsufficientInstanceCapacity' },
      { ...nanoAmd, code: 'UnfulfillableCapacity' },
      { zone: 'us-east-1b', code: 'interrupted' },
      { code: 'NobodyForesawThis' },
    ];
    const words =
      'every pool is closed for now (an error that is not in the table; interrupted us lately; and 1 more, see the journal)';
    expect(whyNoRung(observe([], { memory: toHolds(...holds) }), policy)).toBe(words);
    expect(whyNoRung(observe([], { memory: toHolds(...holds.toReversed()) }), policy)).toBe(words);
  });

  test('no rung at all leaves out holds that are over', () => {
    const over = toHolds({ code: 'interrupted', until: now }, { code: 'RequestLimitExceeded' });
    expect(whyNoRung(observe([], { memory: over }), policy)).toBe(
      'every pool is closed for now (too many requests)',
    );
  });
});

function toText({ market, pool, perHour, maxPrice }: Rung): string {
  return `${market} ${pool.type} ${pool.zone} at ${perHour}, limit ${maxPrice}`;
}
