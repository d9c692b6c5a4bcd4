/** Whether it is deployed at all, and in one piece. */
import { parkedAddress } from '../../../shared/core/limits.ts';
import { readName } from '../name.ts';
import { stackNameOf } from '../stack.ts';
import type { Facts } from './facts.ts';
import { bad, good, type Said, warning } from './model.ts';

export async function checkDeployment({ aws, stack }: Facts): Promise<Said> {
  const found = await stack();
  const { region, name } = aws.settings;
  const stackName = stackNameOf(aws);
  if (found) {
    const says = `${stackName} in ${region}: ${found.status}`;
    if (found.status === 'CREATE_COMPLETE' || found.status === 'UPDATE_COMPLETE') return good(says);
    if (found.status.endsWith('_IN_PROGRESS')) return warning(says, 'Wait until it is over.');
    if (found.status.startsWith('DELETE')) return bad(says, 'Go on with its removal: vpn remove');
    return bad(says, 'Deploy again: vpn deploy. What failed stands in the CloudFormation console.');
  }
  // Route 53 is the same in all regions: a name that leads somewhere is a VPN that is deployed somewhere.
  const address = await readName(aws);
  return address === null || address === parkedAddress
    ? good(`there is none in ${region} yet`)
    : bad(
        `there is no ${stackName} in ${region}, but ${name} leads to ${address}`,
        'Is it deployed in another region? Set region in perennial.yml.',
      );
}
