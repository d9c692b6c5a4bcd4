/** Scales for the picture: from dollars and days to places on it, with ticks at round values. */

export interface Scale {
  toPlace: (value: number) => number;
  ticks: number[];
}

/** Prices that differ more than this are only told apart on a logarithmic scale. */
const decadesShare = 20;

export function toPriceScale(prices: number[], from: number, to: number): Scale {
  const [least, most] = [Math.min(...prices), Math.max(...prices)];
  if (most / least > decadesShare) {
    const [low, high] = [Math.log10(least) - 0.1, Math.log10(most) + 0.1];
    const toPlace = (price: number) =>
      from + ((Math.log10(price) - low) / (high - low)) * (to - from);
    return { toPlace, ticks: toDecades(least, most) };
  }
  const high = most * 1.08;
  return { toPlace: (price) => from + (price / high) * (to - from), ticks: toRound(high) };
}

/** 1, 2, 5 of each decade, or only the 1 of many. */
function toDecades(least: number, most: number): number[] {
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = most / least > 1_000 ? [1] : [1, 2, 5];
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
    .flatMap((decade) => steps.map((step) => Number((step * decade).toPrecision(1))))
    .filter((tick) => tick >= least * 0.8 && tick <= most * 1.2);
}

/** About five from 0 up, at 1, 2 or 5 of a decade. */
function toRound(high: number): number[] {
  const rough = high / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5, 10].find((factor) => factor * decade >= rough) ?? 10);
  return Array.from({ length: Math.floor(high / step) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const stepsMs = [
  hourMs,
  6 * hourMs,
  dayMs,
  2 * dayMs,
  7 * dayMs,
  14 * dayMs,
  30 * dayMs,
  90 * dayMs,
];
const timeTicksMax = 12;

/** Ticks are midnights, or hours if there are few days. */
export function toTimeScale(first: number, last: number, from: number, to: number): Scale {
  const spanMs = Math.max(1, last - first);
  const stepMs = stepsMs.find((step) => spanMs / step <= timeTicksMax) ?? 365 * dayMs;
  const ticks: number[] = [];
  for (let at = Math.ceil(first / stepMs) * stepMs; at <= last; at += stepMs) ticks.push(at);
  return { toPlace: (at) => from + ((at - first) / spanMs) * (to - from), ticks };
}
