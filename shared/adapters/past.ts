/** What was: spot prices, the journal's older versions, finished months. */
import { type _InstanceType, DescribeSpotPriceHistoryCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand, GetParameterHistoryCommand } from '@aws-sdk/client-ssm';
import type { PastPorts } from '../api-ports.ts';
import type { Config } from '../config.ts';
import { toIdentity } from '../core/journal.ts';
import { readJournal, readLedger } from '../documents/state.ts';
import { allPages, isCode } from './answers.ts';
import type { Clients } from './clients.ts';

export function toPast(
  { ec2, ssm }: Pick<Clients, 'ec2' | 'ssm'>,
  { policy }: Pick<Config, 'policy'>,
): PastPorts['past'] {
  const root = `/perennial/${policy.vpn}`;
  return {
    async prices(types, from, to) {
      const prices = await allPages(async (NextToken) => {
        const page = await ec2.send(
          new DescribeSpotPriceHistoryCommand({
            InstanceTypes: types as _InstanceType[],
            ProductDescriptions: ['Linux/UNIX'],
            StartTime: new Date(from),
            EndTime: new Date(to),
            NextToken,
          }),
        );
        return { items: page.SpotPriceHistory ?? [], next: page.NextToken };
      });
      return prices
        .flatMap(({ InstanceType: type, AvailabilityZone: zone, SpotPrice, Timestamp }) => {
          const perHour = Number(SpotPrice);
          if (!type || !zone || !Timestamp || !(perHour > 0)) return [];
          return { pool: { type, zone }, at: Math.max(from, Timestamp.getTime()), perHour };
        })
        .toSorted((a, b) => a.at - b.at);
    },

    async entries() {
      const versions = await allPages(async (NextToken) => {
        const page = await ssm
          .send(new GetParameterHistoryCommand({ Name: `${root}/state/journal`, NextToken }))
          .catch(noneIfNotFound);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      const entries = versions.flatMap(({ Value }) => readJournal(Value).entries);
      // Each entry stands in many versions.
      const once = new Map(entries.map((entry) => [`${entry.at} ${toIdentity(entry)}`, entry]));
      return [...once.values()].toSorted((a, b) => a.at - b.at);
    },

    async ledger(month) {
      try {
        const Name = `${root}/ledger/${month}`;
        const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name }));
        return readLedger(found?.Value);
      } catch (error) {
        if (isCode(error, 'ParameterNotFound')) return null;
        throw error;
      }
    },
  };
}

function noneIfNotFound(error: unknown): { Parameters: []; NextToken?: undefined } {
  if (isCode(error, 'ParameterNotFound')) return { Parameters: [] };
  throw error;
}
