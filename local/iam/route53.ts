/** What Route 53's calls ask leave for. */
import type {
  ChangeResourceRecordSetsCommandInput,
  GetChangeCommandInput,
  ListResourceRecordSetsCommandInput,
} from '@aws-sdk/client-route-53';
import { type Asks, anything } from './wish.ts';

export const route53Asks: Asks = {
  CreateHostedZone: anything,
  ListHostedZones: anything,
  ListResourceRecordSets: (_, { HostedZoneId }: ListResourceRecordSetsCommandInput) => [
    { resource: toArn('hostedzone', HostedZoneId) },
  ],
  ChangeResourceRecordSets: (
    _,
    { HostedZoneId, ChangeBatch }: ChangeResourceRecordSetsCommandInput,
  ) => {
    const changes = ChangeBatch?.Changes ?? [];
    const toKey = (name: string) => `route53:ChangeResourceRecordSets${name}`;
    const sets = changes.map(({ ResourceRecordSet }) => ResourceRecordSet);
    const context = {
      [toKey('Actions')]: changes.map(({ Action = '' }) => Action),
      [toKey('NormalizedRecordNames')]: sets.map((set) => normalize(set?.Name)),
      [toKey('RecordTypes')]: sets.map((set) => set?.Type ?? ''),
    };
    return [{ resource: toArn('hostedzone', HostedZoneId), context }];
  },
  GetChange: (_, { Id }: GetChangeCommandInput) => [{ resource: toArn('change', Id) }],
};

/** Ids come with the path that answers have before them, or without. */
function toArn(type: 'hostedzone' | 'change', id = ''): string {
  return `arn:aws:route53:::${type}/${id.replace(/^\/?(hostedzone|change)\//, '')}`;
}

/** In small letters, without the dot at the end, and anything unusual as its octal code. */
function normalize(name = ''): string {
  const toOctal = (character: string) =>
    `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/[^a-z0-9._-]/g, toOctal);
}
