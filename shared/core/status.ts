/** How it is, in one look: from what is observed to what a person wants to know first. */
import type { Action } from './deeds.ts';
import { hear, learn } from './facts.ts';
import { type Member, toFleet } from './fleet.ts';
import { remember } from './memory.ts';
import type { Observed, Policy } from './model.ts';
import { plan } from './plan.ts';
import { isOn } from './power.ts';

type State = 'serving' | 'starting' | 'recovering' | 'stopping' | 'off' | 'stuck';

export interface Foreseen {
  /** With what the loop would have learnt from it. */
  observed: Observed;
  /** What the loop is about to do. */
  actions: Action[];
  state: State;
  /** The server that the name points to or, while it points to none, the one that will have it. */
  server: Member | null;
}

/** The plan, dry: what the loop would do at its next tick. Pure. */
export function foresee(seen: Observed, policy: Policy): Foreseen {
  const learnt = learn({ kind: 'tick' }, seen);
  const entries = [...(learnt.kind === 'learnt' ? learnt.entries : []), ...hear(seen)];
  const observed = { ...seen, memory: entries.reduce(remember, seen.memory) };
  const actions = plan(observed, policy);
  const { live } = toFleet(observed, policy);
  const isNamed = ({ server }: Member) =>
    server.address !== null && server.address === observed.name?.address;
  const server = live.find(isNamed) ?? live[0] ?? null;
  const serves = live.some((member) => isNamed(member) && member.phase === 'serving');
  return { observed, actions, state: toState(observed, actions, serves, live.length > 0), server };
}

function toState(observed: Observed, actions: Action[], serves: boolean, lives: boolean): State {
  if (!isOn(observed)) return lives ? 'stopping' : 'off';
  if (observed.memory.incident || actions.some(({ kind }) => kind === 'incident'))
    return 'recovering';
  if (serves) return 'serving';
  const isStuck = observed.memory.stuck !== null || actions.some(({ kind }) => kind === 'stuck');
  return isStuck && !lives ? 'stuck' : 'starting';
}
