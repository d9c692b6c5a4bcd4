/** Turns the VPN off, and waits until the loop has ended every server and parked the name. */
import { toName } from '../../../shared/adapters/route53.ts';
import { parkedAddress } from '../../../shared/core/limits.ts';
import type { Status } from '../../../web/data/answers.ts';
import type { Aws } from '../aws.ts';
import type { Context } from '../command.ts';
import { waitUntil } from '../commands/power.ts';
import { toDirectCaller } from '../direct.ts';
import { readName } from '../name.ts';
import { Trouble } from '../trouble.ts';

/** Straight on AWS: the API goes with the stack, and its token may be lost. */
export async function turnOff(context: Context, aws: Aws, minutes: number): Promise<void> {
  const caller = toDirectCaller(aws);
  await context.screen.during('Turning it off', async (say) => {
    const taken = await caller.ask<Status>('POST', '/stop', { body: {} });
    try {
      await waitUntil(context, caller, taken, ({ state }) => state === 'off', minutes, say);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      throw new Trouble(
        `${error.message} If the loop is broken, go on without it: vpn remove --force`,
      );
    }
    await park(aws, say);
  });
}

/** The loop has done so before it ended the last server; without a loop it is done here. */
export async function park(aws: Aws, say: (words: string) => void): Promise<void> {
  const address = await readName(aws);
  if (address === null || address === parkedAddress) return;
  say(`Parking ${aws.settings.name}`);
  await toName(aws.clients, aws.settings).point(parkedAddress);
}
