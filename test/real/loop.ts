/** The loop before real machines, in real time: what EventBridge would send it wakes it, and so does the minute. */
import { setTimeout as wait } from 'node:timers/promises';
import { toWorldPorts } from '../../local/ports.ts';
import type { Pump } from '../../local/pump.ts';
import type { World } from '../../local/world.ts';
import type { Config } from '../../shared/config.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { type Signal, toSignal } from '../../shared/core/signal.ts';
import { reconcile } from '../../shared/reconcile.ts';

/** As EventBridge and the API take on a good day; no two events take as long. */
const eventMs = { from: 200, to: 1_500 };
const callMs = { from: 10, to: 60 };
const tickMs = 60_000;

interface LoopOptions {
  world: World;
  config: Config;
  change: Pump['change'];
  onEntry: (entry: Entry) => void;
  onFault: (fault: unknown) => void;
}

export interface Loop {
  wake: (signal: Signal) => void;
  stop: () => Promise<void>;
}

export function startLoop({ world, config, change, onEntry, onFault }: LoopOptions): Loop {
  const between = ({ from, to }: typeof callMs) => world.random.between(from, to);
  const ports = toWorldPorts(world, config, async (_, act) => {
    await wait(between(callMs));
    return change(act);
  });
  const passes = new Set<Promise<void>>();
  let isOver = false;
  const pass = async (signal: Signal) => {
    await wait(between(eventMs));
    if (isOver) return;
    const { entries } = await reconcile(ports, config.policy, signal);
    for (const entry of entries) onEntry(entry);
  };
  const wake = (signal: Signal) => {
    if (signal.kind === 'ignored' || isOver) return;
    const running = pass(signal)
      .catch(onFault)
      .finally(() => passes.delete(running));
    passes.add(running);
  };
  world.onEvent((event) => wake(toSignal(event, config.policy.vpn)));
  const ticking = setInterval(() => wake({ kind: 'tick' }), tickMs);
  return {
    wake,
    async stop() {
      isOver = true;
      clearInterval(ticking);
      await Promise.all(passes);
    },
  };
}
