/** The days behind the played world: the loop's own, with all that a dashboard has to show. */
import { beforeAll, describe, expect, it } from 'vitest';
import { liveThrough } from '../../local/past.ts';
import { toWorldPorts } from '../../local/ports.ts';
import { toWitness } from '../../local/witness.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import type { State } from '../../shared/ports.ts';
import { name, type Stage, setStage, start } from '../stage.ts';

const hourMs = 60 * 60_000;
const until = start + 7 * 24 * hourMs;

let stage: Stage;
let state: State;
let entries: Entry[];

beforeAll(async () => {
  stage = setStage({ cap: 0.0052 });
  await liveThrough(stage.world, stage.config, until);
  const ports = toWorldPorts(stage.world, stage.config, async (_, act) => act());
  state = await ports.state.read();
  entries = state.journal.value.entries;
});

describe('after a week of the played world', () => {
  it('is the hour that was asked for, and the name points to a server that serves', () => {
    expect(stage.world.timers.now).toBe(until);
    const witness = toWitness(stage.world, name);
    expect(witness.isUp()).toBe(true);
  });

  it('has been on demand while spot was dear, and is back on spot', () => {
    const markets = entries.flatMap((entry) => (entry.kind === 'launched' ? [entry.market] : []));
    expect(markets.slice(-2)).toEqual(['on-demand', 'spot']);
    expect(state.ledger?.onDemand.hours).toBeGreaterThan(1);
  });

  it('has a day with an outage', () => {
    const outs = Object.values(state.ledger?.days ?? {}).filter(({ out }) => out > 0);
    expect(outs).toHaveLength(1);
  });

  it('goes on: prices change, and nobody hears of events any more', () => {
    const { market, timers } = stage.world;
    const pool = { type: 't3.nano', zone: 'us-east-1a' };
    timers.advance(until + 48 * hourMs);
    expect(market.history(pool, until, timers.now).length).toBeGreaterThan(1);
  });
});
