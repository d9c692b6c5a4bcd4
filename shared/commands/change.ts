/** Changes what is desired so that nobody's change is lost, however many write at the same time. */
import type { Wish, WishPorts } from '../api-ports.ts';
import { wishTriesMax } from '../core/limits.ts';
import type { Desired } from '../core/model.ts';

type Needs = Pick<WishPorts, 'wishes'>;

/**
 * Parameter Store has no conditional write, but each write answers its version. If that is not the next one after
 * what we read, we have written over others: then all that was changed since is written once more, together.
 */
export async function change(
  { wishes }: Needs,
  apply: (desired: Desired) => Desired,
): Promise<Desired> {
  let known = await wishes.read(null);
  let next = apply(known.value);
  for (let tries = 0; tries < wishTriesMax; tries++) {
    const version = await wishes.write(next, known.version);
    if (version === known.version + 1) return next;
    if (version === null) {
      known = await wishes.read(null);
      next = apply(known.value);
      continue;
    }
    const written = next;
    next = await together(wishes, known, version);
    // What we wrote over was all in it: others had brought it together already.
    if (!Object.keys(toChanged(next, written)).length) return next;
    known = { value: next, version, base: known.version };
  }
  throw new Error(`What is desired was written by others ${wishTriesMax} times in a row`);
}

/** What everybody has changed since `known`, in the order of their writing. */
async function together(wishes: Needs['wishes'], known: Wish, version: number): Promise<Desired> {
  const count = version - known.version;
  const versions = Array.from({ length: count }, (_, index) => known.version + 1 + index);
  const written = await Promise.all(versions.map((one) => wishes.read(one)));
  let all = known.value;
  for (const { value, base } of written)
    all = { ...all, ...toChanged(value, (await wishes.read(base)).value) };
  return all;
}

function toChanged(value: Desired, before: Desired): Partial<Desired> {
  const isSame = (key: keyof Desired) => JSON.stringify(value[key]) === JSON.stringify(before[key]);
  const keys = Object.keys(value) as (keyof Desired)[];
  return Object.fromEntries(keys.filter((key) => !isSame(key)).map((key) => [key, value[key]]));
}
