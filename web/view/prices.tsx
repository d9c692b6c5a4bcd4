/** The spot prices: as a picture, and as a table of what each pool costs now. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Prices, Status } from '../data/answers.ts';
import { useAnswer, type View } from '../data/hooks.ts';
import { byPrice } from '../data/price-table.ts';
import { toPrice } from '../data/words.ts';
import { Card, Stale } from '../ui/parts.tsx';
import { drawPrices } from './price-chart.ts';

const ranges = [
  { hours: 24, words: '1 day' },
  { hours: 72, words: '3 days' },
  { hours: 168, words: '7 days' },
];

export function PricesCard({ api, revision, status }: View & { status: Status }) {
  const [hours, setHours] = useState(24);
  const { value, error } = useAnswer(
    () => api.get<Prices>(`/prices?hours=${hours}`),
    `${revision} ${hours}`,
  );
  const range = (
    <label>
      <span class="unseen">How far back</span>
      <select value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
        {ranges.map((one) => (
          <option key={one.hours} value={one.hours}>
            {one.words}
          </option>
        ))}
      </select>
    </label>
  );
  const empty = value !== null && !value.pools.length;
  return (
    <Card title="Spot price" area="prices" aside={range} loading={!value && !error} empty={empty}>
      <Stale says={error} known={value !== null} />
      {empty && (
        <p class="quiet">
          EC2 tells no spot price for these types here; on demand, the cheapest costs{' '}
          {toPrice(status.onDemand)} an hour.
        </p>
      )}
      {value && !empty && (
        <>
          <Chart prices={value} status={status} />
          <Pools prices={value} status={status} />
        </>
      )}
    </Card>
  );
}

function Chart({ prices, status }: { prices: Prices; status: Status }) {
  const [pointed, setPointed] = useState<string | null>(null);
  const parent = useRef<HTMLDivElement>(null);
  const dark = useDark();
  const type = status.server?.type;
  const zone = status.server?.zone ?? null;
  useEffect(() => {
    const element = parent.current;
    if (!element) return;
    const chart = drawPrices(element, prices, type ? { type, zone } : null, setPointed);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [prices, type, zone, dark]);
  return (
    <figure class="chart">
      <div ref={parent} class="plot" role="img" aria-label={toSummary(prices)} />
      <figcaption class="quiet">
        {pointed ?? (
          <>
            <span class="key spot">served on spot</span> <span class="key demand">on demand</span>{' '}
            <span class="key moved">moved</span>
          </>
        )}
      </figcaption>
    </figure>
  );
}

/** A row for each type, a column for each zone. */
function Pools({ prices, status: { server } }: { prices: Prices; status: Status }) {
  const all = byPrice(prices);
  const types = [...new Set(all.map(({ pool }) => pool.type))];
  const zones = [...new Set(all.map(({ pool }) => pool.zone))].sort();
  const find = (type: string, zone: string) =>
    all.find(({ pool }) => pool.type === type && pool.zone === zone);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scrolls" aria-label="Prices now" tabIndex={0}>
      <table class="pools">
        <caption class="unseen">What each pool costs now, dollars an hour</caption>
        <thead>
          <tr>
            <th scope="col">Now</th>
            {zones.map((zone) => (
              <th key={zone} scope="col" aria-label={zone}>
                {zone.split('-').at(-1)}
              </th>
            ))}
            <th scope="col">on demand</th>
          </tr>
        </thead>
        <tbody>
          {types.map((type) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              {zones.map((zone) => {
                const perHour = find(type, zone)?.perHour ?? null;
                const here =
                  type === server?.type && zone === server.zone && server.market === 'spot';
                return <PoolCell key={zone} perHour={perHour} cap={prices.cap} here={here} />;
              })}
              <td>{toPrice(all.find(({ pool }) => pool.type === type)?.pool.onDemand ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PoolCell({ perHour, cap, here }: { perHour: number | null; cap: number; here: boolean }) {
  if (perHour === null) return <td>none</td>;
  const dear = perHour > cap;
  return (
    <td class={here ? 'here' : dear ? 'dear' : ''}>
      {toPrice(perHour)}
      {here && <span class="unseen">, here it runs</span>}
      {dear && <span class="unseen">, above the cap</span>}
    </td>
  );
}

function toSummary(prices: Prices): string {
  const [cheapest] = byPrice(prices);
  const now = cheapest ? `the cheapest pool costs ${toPrice(cheapest.perHour)} an hour now` : '';
  const moves = prices.moves.filter(({ at }) => at !== prices.from).length;
  return `Spot prices: ${now}, the cap is ${toPrice(prices.cap)}, and the name moved ${moves} times`;
}

function useDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = () => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return dark;
}
