/** How the tables of what calls ask leave for are written. */
import type { World } from '../world.ts';
import type { Context } from './policy.ts';

/** A resource that a call asks for. The action is the operation's own, if nothing else is said. */
export interface Wish {
  resource: string;
  action?: string;
  context?: Context;
}

// biome-ignore lint/suspicious/noExplicitAny: each operation has the SDK's own input; the doors decode into it
export type Asks = Record<string, (world: World, input: any) => Wish[]>;

/** For actions that know no resource. */
export const anything = (): Wish[] => [{ resource: '*' }];
