/** What a month of it costs at today's prices, before anything is made. */
import { addressPerHour, diskPerHour } from '../../../shared/core/ledger.ts';
import { toCents } from '../../../shared/core/words.ts';
import { toTable } from '../words/table.ts';
import type { TypePrice } from './region.ts';

const hoursPerMonth = 730.5;
/** Dollars a month (https://aws.amazon.com/route53/pricing/). */
const zonePerMonth = 0.5;
/** Two images of 8 GB, of which a fifth is written (https://aws.amazon.com/ebs/pricing/). */
const imagesPerMonth = 2 * 8 * 0.2 * 0.05;

export interface Estimate {
  /** Dollars a month if it is always on; null if spot is above the cap. */
  spot: number | null;
  onDemand: number;
  /** What it costs while it is always off. */
  off: number;
  address: number;
  disk: number;
}

export function toEstimate(prices: TypePrice[], cap: number): Estimate {
  const cheapest = (of: (price: TypePrice) => number) => Math.min(...prices.map(of));
  const spot = cheapest((price) => price.spot ?? Number.POSITIVE_INFINITY);
  const address = addressPerHour * hoursPerMonth;
  const disk = diskPerHour * hoursPerMonth;
  const off = zonePerMonth + imagesPerMonth;
  const always = (perHour: number) => round(perHour * hoursPerMonth + address + disk + off);
  return {
    spot: spot <= cap ? always(spot) : null,
    onDemand: always(cheapest(({ onDemand }) => onDemand)),
    off: round(off),
    address: round(address),
    disk: round(disk),
  };
}

export function toEstimateText(prices: TypePrice[], estimate: Estimate, region: string): string {
  const table = toTable(
    ['type', 'spot $/h', 'on demand $/h'],
    prices.map(({ type, spot, onDemand }) => [type, spot?.toFixed(4) ?? '', onDemand.toFixed(4)]),
  );
  const { spot, onDemand, off, address, disk } = estimate;
  const onSpot = spot === null ? 'spot is above your cap just now' : `${toCents(spot)} on spot`;
  return [
    `Prices in ${region} just now:`,
    table,
    `A month always on: ${onSpot}, ${toCents(onDemand)} on demand, of which the public address is ${toCents(address)} and the disk ${toCents(disk)}.`,
    `A month always off: ${toCents(off)}, for the hosted zone and two images. Traffic above 100 GB costs extra.`,
  ].join('\n');
}

function round(dollars: number): number {
  return Number(dollars.toFixed(2));
}
