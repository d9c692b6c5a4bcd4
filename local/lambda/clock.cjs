/** Preloaded into a function's process: makes Date tell virtual time. Timers and monotonic clocks stay real. */
'use strict';

const RealDate = Date;
const realNow = Date.now;
const [originReal, originVirtual, speed] = (process.env.PERENNIAL_LOCAL_CLOCK ?? '')
  .split(',')
  .map(Number);
// The function is to see the environment that Lambda would give it.
delete process.env.PERENNIAL_LOCAL_CLOCK;

if (![originReal, originVirtual, speed].every(Number.isFinite))
  throw new Error('PERENNIAL_LOCAL_CLOCK is like "originRealMs,originVirtualMs,speed"');

const now = () => Math.floor(originVirtual + (realNow() - originReal) * speed);

const VirtualDate = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RealDate(now()).toString(),
});
RealDate.now = now;
RealDate.prototype.constructor = VirtualDate;
globalThis.Date = VirtualDate;
