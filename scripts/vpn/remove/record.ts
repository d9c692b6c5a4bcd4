/** The VPN's A record, once nobody is to find anything by it any more. */
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { isCode } from '../../../shared/adapters/answers.ts';
import { parkedAddress } from '../../../shared/core/limits.ts';
import type { Aws } from '../aws.ts';

export type RecordOutcome =
  | 'removed'
  /** There was none. */
  | 'absent'
  /** It points to somebody: whoever set it may need it. */
  | 'in use';

/** Deletes it if it is parked. A deletion has to name all that stands there. */
export async function removeRecord({ settings, clients }: Aws): Promise<RecordOutcome> {
  const { zoneId: HostedZoneId } = settings;
  const record = await findRecord({ settings, clients });
  if (!record) return 'absent';
  if (record.ResourceRecords?.some(({ Value }) => Value !== parkedAddress)) return 'in use';
  const Changes = [{ Action: 'DELETE' as const, ResourceRecordSet: record }];
  await clients.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
  );
  return 'removed';
}

/** The list begins at the name or, if there is none, at whatever comes after it. */
async function findRecord({
  settings: { zoneId: HostedZoneId, name },
  clients: { route53 },
}: Pick<Aws, 'settings' | 'clients'>): Promise<ResourceRecordSet | null> {
  const input = { HostedZoneId, StartRecordName: name, StartRecordType: 'A' as const, MaxItems: 1 };
  const answer = await route53
    .send(new ListResourceRecordSetsCommand(input))
    .catch((error: unknown) => {
      // Somebody has removed the zone, and with it all that was in it.
      if (isCode(error, 'NoSuchHostedZone')) return null;
      throw error;
    });
  const found = answer?.ResourceRecordSets?.[0];
  return found?.Type === 'A' && found.Name?.toLowerCase() === `${name}.` ? found : null;
}
