/** Dynamic DNS in Parameter Store and Route 53: hosts' credentials, what is remembered of them, and their records. */
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import {
  DeleteParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { readCredential } from '../dyndns/credential.ts';
import { readMemory, writeMemory } from '../dyndns/memory.ts';
import type { HostPorts, UpdatePorts } from '../dyndns/ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

/** As many seconds as a resolver may keep the name: a home that reconnects is found again after a minute. */
const homeTtlSeconds = 60;

/** What Route 53 answers to a record that can't be in the zone, today and tomorrow. */
const lasting = ['InvalidChangeBatch', 'NoSuchHostedZone'];

/** A host is a DNS name, and none is called `memory`: names of hosts have a dot. */
const toNames = (vpn: string) => {
  const path = `/perennial/${vpn}/dyndns`;
  return {
    path,
    credential: (host: string) => `${path}/${host}`,
    memory: (host: string) => `${path}/memory/${host}`,
  };
};

export function toKnownHosts(
  { ssm }: Pick<Clients, 'ssm'>,
  { vpn }: { vpn: string },
): UpdatePorts['hosts'] {
  const names = toNames(vpn);
  return {
    async read(host, now) {
      const Names = [names.credential(host), names.memory(host)];
      const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names }));
      const toValue = (name: string) => Parameters.find(({ Name }) => Name === name)?.Value;
      return {
        credential: readCredential(toValue(names.credential(host))),
        memory: readMemory(toValue(names.memory(host)), now),
      };
    },

    async remember(host, memory) {
      const Value = writeMemory(memory);
      const Name = names.memory(host);
      try {
        await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite: true }));
      } catch (error) {
        // Somebody else remembers something of this host at this moment.
        if (!isCode(error, 'TooManyUpdates')) throw error;
      }
    },
  };
}

export function toRecords(
  { route53 }: Pick<Clients, 'route53'>,
  { zoneId: HostedZoneId }: { zoneId: string },
): UpdatePorts['records'] {
  return {
    async read(host) {
      const { ResourceRecordSets = [] } = await route53.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId,
          StartRecordName: host,
          StartRecordType: 'A',
          // A comes before AAAA, and nothing in between.
          MaxItems: 2,
        }),
      );
      const find = (type: 'A' | 'AAAA') =>
        toText(
          ResourceRecordSets.find(
            ({ Name, Type }) => Type === type && Name?.toLowerCase() === `${host}.`,
          ),
        );
      return { A: find('A'), AAAA: find('AAAA') };
    },

    async write(host, addresses) {
      const Changes = addresses.map(({ type: Type, value: Value }) => ({
        Action: 'UPSERT' as const,
        ResourceRecordSet: { Name: host, Type, TTL: homeTtlSeconds, ResourceRecords: [{ Value }] },
      }));
      try {
        await route53.send(
          new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
        );
        return true;
      } catch (error) {
        if (lasting.some((code) => isCode(error, code))) return false;
        throw error;
      }
    },
  };
}

function toText(record: ResourceRecordSet | undefined): string | null {
  if (!record) return null;
  return (record.ResourceRecords ?? []).map(({ Value }) => Value).join();
}

export function toHosts({ ssm }: Pick<Clients, 'ssm'>, { vpn }: { vpn: string }): HostPorts {
  const names = toNames(vpn);
  return {
    async list() {
      const all = await allPages(async (NextToken) => {
        const page = await ssm.send(
          new GetParametersByPathCommand({ Path: names.path, NextToken }),
        );
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      return all.map(({ Name, Value }) => ({
        host: must(Name, 'Name').slice(names.path.length + 1),
        credential: readCredential(Value),
      }));
    },

    async write(host, credential) {
      const Name = names.credential(host);
      const Value = JSON.stringify(credential);
      await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite: true }));
    },

    async remove(host) {
      const there = await drop(ssm, names.credential(host));
      await drop(ssm, names.memory(host));
      return there;
    },
  };
}

async function drop(ssm: Clients['ssm'], Name: string): Promise<boolean> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name }));
    return true;
  } catch (error) {
    if (!isCode(error, 'ParameterNotFound')) throw error;
    return false;
  }
}
