/** Any entry that a journal may hold, for tests of what is true of all of them. */
import fc from 'fast-check';
import type { Entry } from '../../shared/core/deeds.ts';
import { refusals } from '../../shared/core/refusals.ts';
import { hourMs, now } from './scene.ts';

const at = fc.integer({ min: now - hourMs, max: now + hourMs });
const serverId = fc.integer({ min: 0, max: 9 }).map((digit) => `i-${String(digit).repeat(17)}`);
const market = fc.constantFrom('spot', 'on-demand');
const pool = fc.record({
  type: fc.constantFrom('t3.nano', 't3a.nano'),
  zone: fc.constantFrom('us-east-1a', 'us-east-1b', null),
});
const stray = fc.record({
  kind: fc.constantFrom('spot-request', 'volume'),
  id: fc.constantFrom('sir-0123', 'vol-0123'),
});
const addressId = fc.constantFrom('eipalloc-1', 'eipalloc-2');
const counts = { generation: fc.nat(9), attempt: fc.nat(9) };
const common = { at, why: fc.string({ minLength: 1, maxLength: 100 }) };

export const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('doomed'), serverId, endsAt: at, market, pool, ...common }),
  fc.record({
    kind: fc.constant('risky'),
    serverId,
    cause: fc.constantFrom('rebalance', 'maintenance'),
    ...common,
  }),
  fc.record({
    kind: fc.constant('ended'),
    serverId,
    taken: fc.option(fc.record({ market, pool })),
    explained: fc.boolean(),
    ...common,
  }),
  fc.record({ kind: fc.constant('launching'), market, pool, ...counts, ...common }),
  fc.record({
    kind: fc.constant('launched'),
    serverId,
    market,
    pool,
    generation: fc.nat(9),
    planned: fc.boolean(),
    ...common,
  }),
  fc.record({
    kind: fc.constant('refused'),
    market,
    pool,
    code: fc.constantFrom('NobodyForesawThis', ...Object.keys(refusals)),
    ...counts,
    ...common,
  }),
  fc.record({ kind: fc.constant('pointing'), serverId, address: fc.ipV4(), ...common }),
  fc.record({ kind: fc.constant('parking'), serverId: fc.option(serverId), ...common }),
  fc.record({ kind: fc.constant('allocating'), ...common }),
  fc.record({ kind: fc.constant('allocated'), addressId, address: fc.ipV4(), ...common }),
  fc.record({
    kind: fc.constant('unallocated'),
    code: fc.constantFrom('AddressLimitExceeded', 'UnauthorizedOperation'),
    until: at,
    ...common,
  }),
  fc.record({
    kind: fc.constant('moving'),
    addressId,
    address: fc.ipV4(),
    serverId,
    from: fc.option(serverId),
    ...common,
  }),
  fc.record({ kind: fc.constant('releasing'), addressId, address: fc.ipV4(), ...common }),
  fc.record({
    kind: fc.constant('handed'),
    serverId,
    handoverAt: at,
    clients: fc.nat(31),
    answered: fc.nat(31),
    gapMs: fc.option(fc.nat(10_000)),
    ...common,
  }),
  fc.record({ kind: fc.constant('retiring'), serverId, ...common }),
  fc.record({ kind: fc.constant('removing'), stray, ...common }),
  fc.record({ kind: fc.constant('stuck'), ...common }),
  fc.record({ kind: fc.constant('incident'), serverId, lostAt: fc.option(at), ...common }),
  fc.record({
    kind: fc.constant('recovered'),
    serverId: fc.option(serverId),
    outageMs: fc.nat(hourMs),
    gapMs: fc.nat(10_000),
    ...common,
  }),
);
