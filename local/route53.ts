/** Route 53: hosted zones, their records, and the time a change takes to reach all name servers. */
import type {
  Change,
  ChangeInfo,
  ChangeResourceRecordSetsCommandInput,
  CreateHostedZoneCommandInput,
  GetChangeCommandInput,
  GetHostedZoneCommandInput,
  ListResourceRecordSetsCommandInput,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

export interface ZoneRecord {
  id: string;
  name: string;
  /** By name and type. */
  records: Map<string, ResourceRecordSet>;
}

interface ChangeRecord {
  submittedAt: number;
  inSyncAt: number;
}

/** For as long as anybody would ask. */
const changesKeptMs = 60 * 60_000;

export type Changes = Map<string, ChangeRecord>;

export const route53Operations: Operations = {
  CreateHostedZone: createHostedZone,
  GetHostedZone: getHostedZone,
  ListHostedZones: listHostedZones,
  ListResourceRecordSets: listResourceRecordSets,
  ChangeResourceRecordSets: changeResourceRecordSets,
  GetChange: getChange,
};

function createHostedZone(world: World, { Name, CallerReference }: CreateHostedZoneCommandInput) {
  if (!Name || !CallerReference) throw new AwsFault('InvalidInput', 'Name and CallerReference');
  const id = `Z${world.random.hex(13).toUpperCase()}`;
  const zone = addZone(world, id, Name);
  return {
    HostedZone: toHostedZone(zone, CallerReference),
    ChangeInfo: submit(world),
    DelegationSet: { NameServers: nameServers },
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${id}`,
  };
}

/** Of every zone, as the registrar should have them. */
export const nameServers = ['ns-1.awsdns.example', 'ns-2.awsdns.example'];

function getHostedZone(world: World, { Id }: GetHostedZoneCommandInput) {
  const zone = findZone(world, Id);
  return {
    HostedZone: toHostedZone(zone, zone.id),
    DelegationSet: { NameServers: nameServers },
  };
}

export function addZone({ zones }: World, id: string, name: string): ZoneRecord {
  const zone = { id, name: toFullName(name), records: new Map() };
  zones.set(id, zone);
  return zone;
}

function listHostedZones({ zones }: World) {
  const HostedZones = [...zones.values()].map((zone) => toHostedZone(zone, zone.id));
  return { HostedZones, IsTruncated: false, MaxItems: 100, Marker: '' };
}

function listResourceRecordSets(world: World, input: ListResourceRecordSetsCommandInput) {
  const { records } = findZone(world, input.HostedZoneId);
  const start = input.StartRecordName
    ? toKey(input.StartRecordName, input.StartRecordType ?? '')
    : '';
  const max = Math.min(Number(input.MaxItems ?? 300), 300);
  const all = [...records]
    .filter(([key]) => key >= start)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, record]) => record);
  const next = all[max];
  return {
    ResourceRecordSets: all.slice(0, max),
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.Name, NextRecordType: next.Type }),
    MaxItems: max,
  };
}

function changeResourceRecordSets(
  world: World,
  { HostedZoneId, ChangeBatch }: ChangeResourceRecordSetsCommandInput,
): { ChangeInfo: ChangeInfo } {
  const zone = findZone(world, HostedZoneId);
  const changes = ChangeBatch?.Changes ?? [];
  const problems = changes.flatMap((change) => whyInvalid(zone, change));
  if (!changes.length || problems.length)
    throw new AwsFault('InvalidChangeBatch', `[${problems.join(', ') || 'no changes'}]`);
  for (const { Action, ResourceRecordSet: set } of changes) {
    if (!set?.Name || !set.Type) continue;
    const key = toKey(set.Name, set.Type);
    if (Action === 'DELETE') zone.records.delete(key);
    else zone.records.set(key, { ...set, Name: toFullName(set.Name) });
  }
  return { ChangeInfo: submit(world) };
}

function whyInvalid(zone: ZoneRecord, { Action, ResourceRecordSet: set }: Change): string[] {
  if (!set?.Name || !set.Type) return ['Name and Type are required'];
  const name = toFullName(set.Name);
  const there = zone.records.has(toKey(name, set.Type));
  if (name !== zone.name && !name.endsWith(`.${zone.name}`))
    return [`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`];
  if (Action === 'CREATE' && there)
    return [
      `Tried to create resource record set [name='${name}', type='${set.Type}'] but it already exists`,
    ];
  if (Action === 'DELETE' && !there)
    return [
      `Tried to delete resource record set [name='${name}', type='${set.Type}'] but it was not found`,
    ];
  if (Action !== 'DELETE' && set.Type === 'A' && !set.ResourceRecords?.every(isIpv4))
    return ["Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address'"];
  return [];
}

function getChange({ changes, timers }: World, { Id = '' }: GetChangeCommandInput) {
  const id = Id.replace('/change/', '');
  const change = changes.get(id);
  if (!change) throw new AwsFault('NoSuchChange', `Could not find resource with ID: ${Id}`, 404);
  return {
    ChangeInfo: {
      Id: `/change/${id}`,
      Status: timers.now >= change.inSyncAt ? 'INSYNC' : 'PENDING',
      SubmittedAt: new Date(change.submittedAt),
    },
  };
}

function submit({ changes, timers, random, times }: World): ChangeInfo {
  const id = `C${random.hex(20).toUpperCase()}`;
  const submittedAt = timers.now;
  changes.set(id, { submittedAt, inSyncAt: submittedAt + times.inSyncMs() });
  timers.after(changesKeptMs, () => changes.delete(id));
  return { Id: `/change/${id}`, Status: 'PENDING', SubmittedAt: new Date(submittedAt) };
}

/** The address that the name has in Route 53 just now, or null. */
export function resolve({ zones }: World, name: string): string | null {
  for (const zone of zones.values()) {
    const address = readAddress(zone, name);
    if (address) return address;
  }
  return null;
}

export function readAddress({ records }: ZoneRecord, name: string): string | null {
  return records.get(toKey(name, 'A'))?.ResourceRecords?.[0]?.Value ?? null;
}

export function findZone({ zones }: World, id = ''): ZoneRecord {
  const zone = zones.get(id.replace('/hostedzone/', ''));
  if (zone) return zone;
  throw new AwsFault('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
}

function toHostedZone({ id, name, records }: ZoneRecord, reference: string) {
  return {
    Id: `/hostedzone/${id}`,
    Name: name,
    CallerReference: reference,
    ResourceRecordSetCount: records.size,
    Config: { PrivateZone: false },
  };
}

/** The few names of a zone are asked for again and again. */
const known = new Map<string, string>();
const knownMax = 1_000;

/** Route 53 lists by the labels in reverse, then by type. */
function toKey(name: string, type: string): string {
  let labels = known.get(name);
  if (labels === undefined) {
    if (known.size >= knownMax) known.clear();
    labels = toFullName(name).split('.').slice(0, -1).reverse().join(' ');
    known.set(name, labels);
  }
  return `${labels} ~${type}`;
}

function toFullName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

function isIpv4({ Value = '' }: { Value?: string | undefined }): boolean {
  const parts = Value.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}
