/** What types cost on demand in us-east-1, dollars an hour: then, beside the recorded prices, and now. */

type Prices = Record<string, number>;

/**
 * January 2013, just before the reduction of 1 February. t1.micro and m1.large follow from the back-test that this
 * project was given; the other Linux prices are from memory, and fit a list of April 2013 that has them 8 to 12 % lower:
 * https://github.com/infochimps-labs/ironfan/wiki/ec2-pricing_and_capacity
 */
const linuxThen: Prices = {
  't1.micro': 0.02,
  'm1.small': 0.065,
  'm1.medium': 0.13,
  'm1.large': 0.26,
  'c1.medium': 0.165,
};

/** From the same back-test. */
const suseThen: Prices = { 't1.micro': 0.03 };

/** 2026, as AWS's price list has them; the nano types are those that Perennial is meant for. */
const linuxNow: Prices = {
  't4g.nano': 0.0042,
  't3a.nano': 0.0047,
  't3.nano': 0.0052,
  't2.nano': 0.0058,
  't4g.micro': 0.0084,
  't3a.micro': 0.0094,
  't3.micro': 0.0104,
  't2.micro': 0.0116,
  't4g.small': 0.0168,
  't3a.small': 0.0188,
  't3.small': 0.0208,
  't2.small': 0.023,
};

const prices: Record<string, Prices> = {
  'Linux/UNIX': { ...linuxThen, ...linuxNow },
  'SUSE Linux': suseThen,
};

/** Null where it is not known: for other regions, products and types it has to be said. */
export function toOnDemand(product: string, type: string, zone: string): number | null {
  return zone.startsWith('us-east-1') ? (prices[product]?.[type] ?? null) : null;
}
