/** What servers on demand have cost this month, by what EC2 charges, against the guard. */
import type { Meter } from '../../local/billing.ts';
import type { World } from '../../local/world.ts';
import { ledgerGapMaxMs, serversMax } from '../../shared/core/limits.ts';

const hourMs = 60 * 60_000;

/** Whether so many dollars are spent: with what the loop, which counts now and then, can not have counted yet. */
export function watchSpending(
  { timers, market }: World,
  meter: Meter,
  dollarsMax: number,
): () => boolean {
  const spent = () => meter.read()['on-demand'].instance;
  const dearest = Math.max(...market.types.map(market.onDemand));
  const uncounted = serversMax * dearest * (ledgerGapMaxMs / hourMs);
  let before = 0;
  const awaitTurn = () => {
    const now = new Date(timers.now);
    timers.at(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1), () => {
      before = spent();
      awaitTurn();
    });
  };
  awaitTurn();
  return () => spent() - before >= dollarsMax + uncounted;
}
