/** What a region and an account have: hosted zones, and what types cost there just now. */
import {
  GetProductsCommand,
  type GetProductsCommandOutput,
  PricingClient,
} from '@aws-sdk/client-pricing';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import * as v from 'valibot';
import { allPages, must } from '../../../shared/adapters/answers.ts';
import { toClients } from '../../../shared/adapters/clients.ts';
import { toLooks } from '../../../shared/adapters/looks.ts';
import type { Options } from '../aws.ts';
import { Trouble } from '../trouble.ts';

export interface Zone {
  id: string;
  /** Without a trailing dot. */
  name: string;
}

/** Dollars an hour of one type; `spot` is its cheapest zone's. */
export interface TypePrice {
  type: string;
  onDemand: number;
  spot: number | null;
}

/** The public ones: nobody outside asks the others. */
export async function readZones(options: Options): Promise<Zone[]> {
  const client = new Route53Client(options);
  const zones = await allPages(async (Marker) => {
    const page = await client.send(new ListHostedZonesCommand({ Marker }));
    return { items: page.HostedZones ?? [], next: page.NextMarker };
  });
  return zones
    .filter(({ Config }) => !Config?.PrivateZone)
    .map(({ Id, Name }) => ({
      id: must(Id, 'Id').replace('/hostedzone/', ''),
      name: must(Name, 'Name').replace(/\.$/, ''),
    }));
}

/** The closest zone above a name; none if there are several alike. */
export function findZoneOf(zones: Zone[], name: string): Zone | undefined {
  const above = zones.filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`));
  const longest = Math.max(...above.map((zone) => zone.name.length));
  const closest = above.filter((zone) => zone.name.length === longest);
  return closest.length === 1 ? closest[0] : undefined;
}

export async function readPrices(options: Options, types: string[]): Promise<TypePrice[]> {
  const { region, endpoint, credentials } = options;
  const endpoints = { ec2: endpoint, ssm: endpoint, route53: endpoint };
  const { ec2 } = toClients({ region, endpoints }, { credentials });
  const looks = toLooks({ ec2 }, { policy: { vpn: '' } as never });
  const [spot, onDemand] = await Promise.all([
    looks.prices(types, Date.now()),
    readOnDemand(options, types),
  ]);
  return types.map((type, index) => {
    const pools = spot.filter((one) => one.pool.type === type);
    const cheapest = Math.min(...pools.map(({ perHour }) => perHour));
    return { type, onDemand: onDemand[index] ?? 0, spot: pools.length ? cheapest : null };
  });
}

/** The price list is told in three regions only, of all regions. */
const pricingRegion = 'us-east-1';

async function readOnDemand(options: Options, types: string[]): Promise<number[]> {
  const client = new PricingClient({ ...options, region: pricingRegion });
  return Promise.all(
    types.map(async (type) => {
      const wanted = {
        instanceType: type,
        regionCode: options.region,
        operatingSystem: 'Linux',
        tenancy: 'Shared',
        preInstalledSw: 'NA',
        capacitystatus: 'Used',
        marketoption: 'OnDemand',
      };
      const Filters = Object.entries(wanted).map(([Field, Value]) => ({
        Type: 'TERM_MATCH' as const,
        Field,
        Value,
      }));
      const answer = await client.send(
        new GetProductsCommand({ ServiceCode: 'AmazonEC2', Filters }),
      );
      const price = toPrice(answer);
      if (price === null)
        throw new Trouble(`AWS has no ${type} in ${options.region}: choose others by --types.`);
      return price;
    }),
  );
}

const product = v.object({
  terms: v.object({
    OnDemand: v.record(
      v.string(),
      v.object({
        priceDimensions: v.record(
          v.string(),
          v.object({ unit: v.string(), pricePerUnit: v.object({ USD: v.string() }) }),
        ),
      }),
    ),
  }),
});

function toPrice({ PriceList = [] }: GetProductsCommandOutput): number | null {
  for (const text of PriceList) {
    const { terms } = v.parse(product, JSON.parse(String(text)));
    for (const { priceDimensions } of Object.values(terms.OnDemand))
      for (const { unit, pricePerUnit } of Object.values(priceDimensions))
        if (unit === 'Hrs' && Number(pricePerUnit.USD) > 0) return Number(pricePerUnit.USD);
  }
  return null;
}
