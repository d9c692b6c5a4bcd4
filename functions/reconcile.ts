/** The loop's Lambda: any signal in, one pass of the loop, what it did out. */
import middy from '@middy/core';
import { toSignal } from '../shared/core/signal.ts';
import { logged } from '../shared/log.ts';
import { type Pass, reconcile } from '../shared/reconcile.ts';
import { wire } from '../shared/wire.ts';

const { policy, ports } = wire(process.env);

export const handler = middy()
  .use(logged())
  .handler(
    (event: unknown): Promise<Pass> => reconcile(ports, policy, toSignal(event, policy.vpn)),
  );
