/** Ends the bake that is under way: it would launch machines while they are being removed. */
import { cancel } from '../../../shared/bake/drive.ts';
import { toBakePorts, toBakery } from '../../../shared/bake/wire.ts';
import { packImage } from '../../bundle/image.ts';
import type { Aws } from '../aws.ts';
import type { Context } from '../command.ts';
import { readBakeSettings } from '../settings.ts';

export async function endBake({ screen, reach }: Context, { clients, now }: Aws): Promise<void> {
  const settings = readBakeSettings(reach.config);
  const policy = { ...settings.policy, refreshDays: 0 };
  const config = { ...settings, policy, endpoints: { ec2: undefined, ssm: undefined } };
  const bakery = toBakery(config, packImage(), toBakePorts({ policy }, clients, now));
  await screen.during('Ending the bake under way', (say) => cancel(bakery, ({ why }) => say(why)));
}
