/** Whether the world asks Route 53 for names of the zone: its name servers, as the parent zone has them. */
import { GetHostedZoneCommand } from '@aws-sdk/client-route-53';
import { isCode } from '../../../shared/adapters/answers.ts';
import type { Facts } from './facts.ts';
import { bad, good, type Said, warning } from './model.ts';

export async function checkDelegation({ aws, dns, signedIn }: Facts): Promise<Said> {
  await signedIn();
  const { zoneId: Id, name } = aws.settings;
  const found = await aws.clients.route53
    .send(new GetHostedZoneCommand({ Id }))
    .catch((error: unknown) => {
      if (isCode(error, 'NoSuchHostedZone')) return null;
      throw error;
    });
  if (!found?.HostedZone?.Name)
    return bad(
      `the account has no hosted zone ${Id}`,
      'Set zoneId in perennial.yml: "vpn init" lists the zones.',
    );
  const zone = found.HostedZone.Name.replace(/\.$/, '');
  if (found.HostedZone.Config?.PrivateZone)
    return bad(`${zone} is private: nobody outside asks it`, 'Take a public hosted zone.');
  if (name !== zone && !name.endsWith(`.${zone}`))
    return bad(`${name} is not in the zone ${zone}`, 'Set name or zoneId in perennial.yml.');
  return judgeDelegation(
    zone,
    found.DelegationSet?.NameServers ?? [],
    await dns.findNameServers(zone),
  );
}

/** `own` are Route 53's name servers for the zone, `asked` those that the world asks. */
export function judgeDelegation(zone: string, own: string[], asked: string[]): Said {
  const ours = own.map((name) => name.toLowerCase().replace(/\.$/, ''));
  const remedy = `Give the registrar of ${zone}, or its parent zone, these name servers: ${ours.join(', ')}.`;
  if (!asked.length) return bad(`nobody in the world finds ${zone}`, remedy);
  const others = asked.filter((name) => !ours.includes(name));
  if (others.length === asked.length)
    return bad(`the world asks ${others.join(', ')} for ${zone}, and not Route 53`, remedy);
  if (others.length) return warning(`the world asks ${others.join(', ')} for ${zone}, too`, remedy);
  return good(`${zone} is delegated to Route 53`);
}
