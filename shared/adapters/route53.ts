/** The VPN's name: one A record in Route 53. */
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import type { Config } from '../config.ts';
import { nameTtlSeconds } from '../core/limits.ts';
import type { Ports } from '../ports.ts';
import type { Clients } from './clients.ts';

export function toName(
  { route53 }: Pick<Clients, 'route53'>,
  { zoneId: HostedZoneId, name }: Pick<Config, 'zoneId' | 'name'>,
): Ports['name'] {
  return {
    async read() {
      const answer = await route53.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId,
          StartRecordName: name,
          StartRecordType: 'A',
          MaxItems: 1,
        }),
      );
      // The list begins at the name or, if there is none, at whatever comes after it.
      const record = answer.ResourceRecordSets?.[0];
      if (record?.Type !== 'A' || record.Name?.toLowerCase() !== `${name}.`) return null;
      return record.ResourceRecords?.[0]?.Value ?? null;
    },

    async point(address) {
      const record = {
        Name: name,
        Type: 'A' as const,
        TTL: nameTtlSeconds,
        ResourceRecords: [{ Value: address }],
      };
      const Changes = [{ Action: 'UPSERT' as const, ResourceRecordSet: record }];
      await route53.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
      );
    },
  };
}
