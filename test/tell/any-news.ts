/** Any news there may be, with texts as odd as they come, for tests of what is true of all messages. */
import fc from 'fast-check';
import type { News } from '../../shared/tell/news.ts';
import { hourMs, now } from '../core/scene.ts';

const at = fc.integer({ min: now - hourMs, max: now + hourMs });
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 800 }),
  fc.constantFrom(
    '&'.repeat(800),
    '<!channel> & <https://evil.example|here>',
    '*bold* `code` &amp;',
    '\n\n',
  ),
);
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value);

const place = fc.record({
  serverId: fc.constant('i-0123456789abcdef0'),
  market: orNull(fc.constantFrom('spot' as const, 'on-demand' as const)),
  pool: orNull(fc.record({ type: odd, zone: orNull(odd) })),
  address: orNull(fc.ipV4()),
  perHour: orNull(fc.double({ min: 0.0001, max: 10, noNaN: true })),
});

const cause = fc.oneof(
  fc.record({ kind: fc.constant('notice' as const), endsAt: at }),
  fc.record({ kind: fc.constant('drill' as const), endsAt: at }),
  fc.record({ kind: fc.constant('taken' as const) }),
  fc.record({ kind: fc.constant('gone' as const), why: odd }),
  fc.record({ kind: fc.constant('unfit' as const), why: odd }),
  fc.record({ kind: fc.constant('silent' as const), since: at }),
);

const kinds: fc.Arbitrary<object>[] = [
  fc.record({
    kind: fc.constant('incident'),
    lost: place,
    cause,
    launching: orNull(odd),
  }),
  fc.record({
    kind: fc.constant('recovered'),
    lost: place,
    now: orNull(place),
    outageMs: fc.nat(),
    isDrill: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('moved'), from: place, to: place }),
  fc.record({ kind: fc.constantFrom('on', 'free'), to: place }),
  fc.record({ kind: fc.constant('off'), why: orNull(odd) }),
  fc.record({ kind: fc.constant('stuck'), why: odd }),
  fc.record({ kind: fc.constant('unrefreshed'), place, why: odd }),
  fc.record({ kind: fc.constant('refreshed'), place, gone: fc.boolean() }),
  fc.record({
    kind: fc.constant('guessed'),
    since: at,
    count: fc.nat(),
    from: fc.array(odd, { minLength: 1, maxLength: 20 }),
  }),
];

export const anyNews = fc
  .tuple(fc.oneof(...kinds), at)
  .map(([news, time]) => ({ ...news, id: `${time}`, at: time }) as News);

export const anyMoney = orNull(
  fc.record({
    dollars: fc.double({ min: 0, max: 10_000, noNaN: true }),
    saved: fc.double({ min: -10_000, max: 10_000, noNaN: true }),
  }),
);
