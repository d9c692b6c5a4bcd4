/** The Price List API, of which people ask what a type costs on demand. */
import type { Filter, GetProductsCommandInput } from '@aws-sdk/client-pricing';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

export const pricingOperations: Operations = { GetProducts: getProducts };

/** A term's and a dimension's codes, the same in all price lists. */
const onDemandTerm = 'JRTCKXETXF';
const hourly = '6YS6EN2CT7';

function getProducts(world: World, { ServiceCode, Filters = [] }: GetProductsCommandInput) {
  if (ServiceCode !== 'AmazonEC2')
    throw new AwsFault('NotFoundException', `There is no service ${ServiceCode} here.`);
  const { market, region } = world;
  const products = market.types
    .map((instanceType) => ({ ...ofLinux, instanceType, regionCode: region }))
    .filter((attributes) => Filters.every((filter) => passes(attributes, filter)))
    .map((attributes, index) =>
      toProduct(attributes, market.onDemand(attributes.instanceType), `SKU${index}`),
    );
  return { FormatVersion: 'aws_v1', PriceList: products.map((one) => JSON.stringify(one)) };
}

/** A plain Linux server that is not reserved, as it is told apart from all else of that type. */
const ofLinux = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  marketoption: 'OnDemand',
};

function passes(attributes: Record<string, string>, { Type, Field = '', Value }: Filter): boolean {
  if (Type !== 'TERM_MATCH')
    throw new AwsFault('InvalidParameterException', 'Only TERM_MATCH is played here.');
  return attributes[Field] === Value;
}

function toProduct(attributes: Record<string, string>, perHour: number, sku: string) {
  const term = `${sku}.${onDemandTerm}`;
  const dimension = {
    unit: 'Hrs',
    beginRange: '0',
    endRange: 'Inf',
    description: `$${perHour} per On Demand Linux ${attributes.instanceType} Instance Hour`,
    pricePerUnit: { USD: perHour.toFixed(10) },
  };
  return {
    serviceCode: 'AmazonEC2',
    product: { productFamily: 'Compute Instance', sku, attributes },
    terms: {
      OnDemand: {
        [term]: { sku, priceDimensions: { [`${term}.${hourly}`]: dimension } },
      },
    },
  };
}
