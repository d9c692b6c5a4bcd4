/** What the month costs, and how much of the last thirty days it was there when wanted. */
import type { Ledger } from '../data/answers.ts';
import { type Api, Refusal } from '../data/api.ts';
import { type DayShare, toDays, toMonths } from '../data/days.ts';
import { useAnswer, type View } from '../data/hooks.ts';
import { toHours, toMoney, toMonth, toPercent } from '../data/words.ts';
import { Card, Stale } from '../ui/parts.tsx';
import { AvailabilityBars } from './availability.tsx';

interface Props {
  /** Of the months of the last thirty days, as far as they are known; null before they are read. */
  ledgers: Ledger[] | null;
  error: string | null;
  at: string;
}

export function useLedgers({ api, revision }: View, at: string): Omit<Props, 'at'> {
  const { value, error } = useAnswer(() => readMonths(api, at), `${revision} ${at.slice(0, 10)}`);
  return { ledgers: value, error };
}

export function MoneyCard({ ledgers, error, at }: Props) {
  const month = at.slice(0, 7);
  const now = ledgers?.find((ledger) => ledger.month === month);
  return (
    <Card
      title={toMonth(month)}
      area="money"
      loading={!ledgers && !error}
      empty={ledgers !== null && !now}
    >
      <Stale says={error} known={ledgers !== null} />
      {now ? <Money ledger={now} /> : ledgers && <p class="quiet">Nothing was spent yet.</p>}
    </Card>
  );
}

export function AvailabilityCard({ ledgers, error, at }: Props) {
  const days = ledgers && toDays(ledgers, at);
  const wasWanted = days?.some((day) => day.wanted > 0) ?? false;
  return (
    <Card
      title="Availability"
      area="availability"
      loading={!ledgers && !error}
      empty={ledgers !== null && !wasWanted}
    >
      <Stale says={error} known={ledgers !== null} />
      {days && !wasWanted && <p class="quiet">It was not wanted in the last 30 days.</p>}
      {days && wasWanted && <Availability days={days} />}
    </Card>
  );
}

async function readMonths(api: Api, at: string): Promise<Ledger[]> {
  const ledgers = await Promise.all(toMonths(at).map((month) => readMonth(api, month)));
  return ledgers.filter((ledger) => ledger !== null);
}

async function readMonth(api: Api, month: string): Promise<Ledger | null> {
  try {
    return await api.get<Ledger>(`/ledger?month=${month}`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

function Money({ ledger }: { ledger: Ledger }) {
  const { dollars, saving, alwaysOnDemand } = ledger;
  const rows = [
    { words: 'Spot', ...ledger.spot },
    { words: 'On demand', ...ledger.onDemand },
    { words: 'Address', ...ledger.address },
    { words: 'Disk', ...ledger.disk },
  ];
  return (
    <>
      <p class="figure">{toMoney(dollars)}</p>
      <p class="quiet">
        {saving >= 0 ? `${toMoney(saving)} less` : `${toMoney(-saving)} more`} than always on demand
        {saving > 0 &&
          alwaysOnDemand.dollars > 0 &&
          ` (${Math.round((saving / alwaysOnDemand.dollars) * 100)}\u00a0%)`}
      </p>
      <table class="sums">
        <caption class="unseen">What it costs this month</caption>
        <thead class="unseen">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Hours</th>
            <th scope="col">Dollars</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ words, hours, dollars: sum }) => (
            <tr key={words}>
              <th scope="row">{words}</th>
              <td class="quiet">{toHours(hours)}</td>
              <td>{toMoney(sum)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Availability({ days }: { days: DayShare[] }) {
  const wanted = days.reduce((sum, day) => sum + day.wanted, 0);
  const out = days.reduce((sum, day) => sum + day.out, 0);
  return (
    <>
      <p class="figure">{toPercent(1 - out / wanted)}</p>
      <p class="quiet">of the {toHours(wanted)} that it was wanted in the last 30 days</p>
      <AvailabilityBars days={days} />
    </>
  );
}
