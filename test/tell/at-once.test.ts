/**
 * Several tellings at once, in every order of their calls, and tellings that die at any of them. Promised: nothing
 * twice, nothing out of order; and nothing lost, but for what one that died had claimed and not yet sent.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { toCall } from '../../local/direct.ts';
import { type Choose, inEveryOrder, inTurns, type Turns, toChoose } from '../turns.ts';
import { type Desk, goesOn, setDesk, staleMs, taken } from './desk.ts';
import { calm, incident, launched, pointing, recovered } from './journals.ts';

type Call = ReturnType<typeof toCall>;

const begun = [...calm, incident(0)];
const over = [...begun, launched(1), pointing(50), recovered(60)];

/** Only what may be different in another order takes a turn: tries, and the receiver. */
function through({ world, receive }: Desk, { take }: Turns): [Call, Desk['receive']] {
  const call: Call = async (...asked) => {
    const { Name, Path } = asked[2] as { Name?: string; Path?: string };
    const isFixed = !`${Name ?? Path}`.includes('/messages/');
    return isFixed ? world.call(...asked) : take(() => world.call(...asked));
  };
  return [call, async (message) => take(() => receive(message))];
}

async function tellAtOnce(count: number, choose: Choose, ...entries: Parameters<Desk['write']>) {
  const desk = await setDesk();
  desk.write(...entries);
  const runs = Array.from({ length: count }, () => async (turns: Turns) => {
    await desk.run(false, ...through(desk, turns));
  });
  await inTurns(runs, choose);
  const atOnce = [...desk.received];
  // What one had to leave to another that was still at it comes with the next tick at the latest.
  await desk.run(true);
  return { atOnce, received: desk.received };
}

describe('tellings at once tell each thing once, in order:', () => {
  test('two, in every order', async () => {
    const orders = await inEveryOrder(async (choose) => {
      const { atOnce } = await tellAtOnce(2, choose, ...begun);
      expect(atOnce).toEqual([taken]);
    });
    expect(orders).toBeGreaterThan(40);
  });

  const anyOrder = fc.array(fc.nat(59), { minLength: 1, maxLength: 60 }).map(toChoose);
  test.each([2, 3, 5])('%i, with an incident and its end, in any order', async (count) => {
    const property = fc.asyncProperty(anyOrder, async (choose) => {
      const { received } = await tellAtOnce(count, choose, ...over);
      expect(received).toEqual([taken, goesOn]);
    });
    await fc.assert(property, { numRuns: 400 });
  });

  test('and one that is woken while another tells leaves the rest to it', async () => {
    const desk = await setDesk();
    desk.write(...begun);
    const inTheMeantime = async () => {
      desk.write(...over);
      expect(await desk.run()).toMatchObject({
        told: [],
        waiting: expect.stringContaining('it is being told just now'),
      });
    };
    let first = true;
    await desk.run(false, undefined, async (message) => {
      if (first) {
        first = false;
        await inTheMeantime();
      }
      return desk.receive(message);
    });
    expect(desk.received).toEqual([taken, goesOn]);
  });
});

class Death extends Error {}

/** Dies at its n-th step, with or without that step's having been done; after it nothing is done any more. */
function toMortal({ world, receive }: Desk, diesAt: number, isDone: boolean) {
  const steps: string[] = [];
  const step = <T>(what: string, act: () => T): T => {
    if (steps.length > diesAt) throw new Death();
    steps.push(what);
    if (steps.length <= diesAt) return act();
    if (isDone) act();
    throw new Death();
  };
  const call: Call = async (...asked) => {
    const { Name, Path, Overwrite } = asked[2] as Record<string, string | boolean | undefined>;
    const isClaim = asked[1] === 'PutParameter' && Overwrite === false;
    return step(isClaim ? 'claim' : `${asked[1]} ${Name ?? Path}`, () => world.call(...asked));
  };
  const mortal: Desk['receive'] = async (message) => step('send', () => receive(message));
  return { steps, call, mortal };
}

/** One that dies, then a tick every while; what was received at the end. */
async function dieAt(diesAt: number, isDone: boolean, isTick: boolean) {
  const desk = await setDesk();
  desk.write(...begun);
  const { steps, call, mortal } = toMortal(desk, diesAt, isDone);
  const outcome = await desk.run(isTick, call, mortal).catch((error: unknown) => error);
  const died = outcome instanceof Death;
  const told = await desk.run(true);
  desk.wait(staleMs);
  const afterwards = await desk.run(true);
  desk.write(...over);
  await desk.run(true);
  expect(await desk.run(true)).toEqual({ told: [], dropped: [], waiting: null });
  const dropped = [...told.dropped, ...afterwards.dropped];
  return { died, last: steps.at(-1), received: desk.received, dropped };
}

describe.each([
  ['before', false],
  ['after', true],
])('a telling that dies %s any of its steps', (_, isDone) => {
  test.each([
    ['a change', false],
    ['a tick', true],
  ])(
    'of %s: nothing is told twice, and only what it had claimed is lost',
    async (_kind, isTick) => {
      const lostAt: string[] = [];
      const doubtfulAt: string[] = [];
      let steps = 0;
      for (let died = true; died; steps++) {
        const story = await dieAt(steps, isDone, isTick);
        died = story.died;
        if (story.received.length < 2) lostAt.push(String(story.last));
        expect([[taken, goesOn], [goesOn]]).toContainEqual(story.received);
        if (story.dropped.length) doubtfulAt.push(String(story.last));
      }
      expect(steps).toBeGreaterThan(10);
      // Between the claim and the receiver's having it lies the one moment that nothing can bridge.
      expect(lostAt).toEqual(isDone ? ['claim'] : ['send']);
      const settle = expect.stringMatching(/^PutParameter .*-incident\/1$/);
      expect(doubtfulAt).toEqual(isDone ? ['claim', 'send'] : ['send', settle]);
    },
  );
});
