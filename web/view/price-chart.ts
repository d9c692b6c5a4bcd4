/** Draws the spot price of each pool against the cap and on demand, and where the name moved. */
import uPlot from 'uplot';
import type { Market, PricePool, Prices } from '../data/answers.ts';
import { priceAt, toPriceTable } from '../data/price-table.ts';
import { toPrice, toShortDay, toTick, toTime } from '../data/words.ts';

/** What lies far above both lines is cut off, or a spike would flatten all else. */
const headroom = 1.8;
const ribbonHeight = 6;
const dayHours = 24;

interface Chart {
  /** To its parent's size. */
  resize: () => void;
  destroy: () => void;
}

/** `current` is the pool that serves; `onPointed` is told of the price under the pointer, or null. */
export function drawPrices(
  parent: HTMLElement,
  prices: Prices,
  current: { type: string; zone: string | null } | null,
  onPointed: (words: string | null) => void,
): Chart {
  const colors = readColors(parent);
  const { times, rows } = toPriceTable(prices);
  const onDemand = Math.min(...prices.pools.map((pool) => pool.onDemand));
  const top = Math.max(prices.cap, onDemand) * headroom;
  const highest = Math.max(...rows.flat().map((price) => price ?? 0), prices.cap, onDemand);
  const isCurrent = (pool: PricePool) => pool.type === current?.type && pool.zone === current.zone;
  const flat = (price: number) => times.map(() => price);
  const paths = uPlot.paths.stepped?.({ align: 1 });
  const lines: uPlot.Series[] = prices.pools.map((pool) => ({
    label: `${pool.type} ${pool.zone}`,
    stroke: isCurrent(pool) ? colors.accent : colors.line,
    width: isCurrent(pool) ? 2.5 : 1.25,
    points: { show: false },
    ...(paths && { paths }),
  }));
  const level = (label: string, dash: number[]): uPlot.Series => ({
    label,
    stroke: colors.ink,
    width: 1,
    dash,
    points: { show: false },
  });
  const chart = new uPlot(
    {
      ...sizeOf(parent),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, focus: { prox: 24 } },
      focus: { alpha: 0.35 },
      scales: { y: { range: [0, Math.min(top, highest * 1.12)] } },
      axes: [
        { ...toAxis(colors), size: 34, values: (_, splits) => toTimeLabels(splits, prices) },
        { ...toAxis(colors), size: 58, values: (_, splits) => splits.map(toTick) },
      ],
      series: [{}, ...lines, level('Cap', [7, 5]), level('On demand', [2, 4])],
      hooks: {
        draw: [
          (plot) => {
            drawRibbon(plot, prices, colors);
            drawMoves(plot, prices, colors);
            const below = onDemand < prices.cap;
            label(plot, 'cap', prices.cap, colors.ink, !below);
            label(plot, 'on demand', onDemand, colors.ink, below);
          },
        ],
        setSeries: [(plot, index) => onPointed(toPointed(plot, index, prices))],
        setCursor: [
          (plot) => {
            if (plot.cursor.idx == null) onPointed(null);
          },
        ],
      },
    },
    [times, ...rows, flat(prices.cap), flat(onDemand)],
    parent,
  );
  return {
    resize: () => chart.setSize(sizeOf(parent)),
    destroy: () => chart.destroy(),
  };
}

function sizeOf({ clientWidth: width, clientHeight: height }: HTMLElement) {
  return { width, height };
}

function toAxis({ quiet, grid }: Colors): uPlot.Axis {
  return {
    stroke: quiet,
    font: '12px system-ui, sans-serif',
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
  };
}

/** Days for a long time, hours for a short one. */
function toTimeLabels(splits: number[], { from, to }: Prices): string[] {
  const hours = (new Date(to).getTime() - new Date(from).getTime()) / 3_600_000;
  return splits.map((seconds) => {
    const date = new Date(seconds * 1_000);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    return hours > dayHours && isMidnight ? toShortDay(date) : toTime(date);
  });
}

function toPointed(plot: uPlot, index: number | null, { pools }: Prices): string | null {
  const { idx } = plot.cursor;
  // The first row is the times.
  const pool = pools[(index ?? 0) - 1];
  if (index === null || idx == null || !pool) return null;
  const price = plot.data[index]?.[idx];
  const at = plot.data[0][idx];
  if (price == null || at === undefined) return null;
  return `${pool.type} in ${pool.zone}: ${toPrice(price)} at ${toTime(at * 1_000)}`;
}

/** Along the bottom, on which market the name was. */
function drawRibbon(plot: uPlot, { moves, to }: Prices, colors: Colors): void {
  const { ctx, bbox } = plot;
  const height = ribbonHeight * devicePixelRatio;
  for (const [index, { at, market }] of moves.entries()) {
    if (!market) continue;
    const left = toX(plot, at);
    const right = toX(plot, moves[index + 1]?.at ?? to);
    ctx.fillStyle = colors[market];
    ctx.fillRect(left, bbox.top + bbox.height - height, Math.max(1, right - left), height);
  }
}

/** A disc on the price at which it moved to spot, a square where to on demand, a ring where it was parked. */
function drawMoves(plot: uPlot, prices: Prices, colors: Colors): void {
  const { ctx, bbox } = plot;
  const radius = 6 * devicePixelRatio;
  ctx.save();
  ctx.setLineDash([]);
  ctx.lineWidth = 2 * devicePixelRatio;
  // The first says where it was when the chart begins.
  for (const { at, market, type, zone } of prices.moves.filter((move) => move.at !== prices.from)) {
    const pool = prices.pools.find((one) => one.type === type && one.zone === zone);
    const price =
      market === 'spot' ? priceAt(pool, new Date(at).getTime()) : (pool?.onDemand ?? null);
    const x = toX(plot, at);
    const y =
      price === null ? bbox.top + bbox.height : Math.max(bbox.top, plot.valToPos(price, 'y', true));
    ctx.beginPath();
    if (market === 'on-demand') ctx.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = market ? colors[market] : colors.surface;
    ctx.strokeStyle = market ? colors.surface : colors.ink;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/** At the right end of its line. */
function label(plot: uPlot, text: string, price: number, color: string, below: boolean): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.font = `${12 * scale}px system-ui, sans-serif`;
  ctx.fillStyle = color;
  ctx.textAlign = 'right';
  ctx.textBaseline = below ? 'top' : 'bottom';
  const y = plot.valToPos(price, 'y', true) + (below ? 4 : -4) * scale;
  ctx.fillText(text, bbox.left + bbox.width - 4 * scale, y);
}

function toX(plot: uPlot, at: string): number {
  const { left, width } = plot.bbox;
  const x = plot.valToPos(new Date(at).getTime() / 1_000, 'x', true);
  return Math.min(left + width, Math.max(left, x));
}

type Colors = Record<'ink' | 'quiet' | 'grid' | 'line' | 'accent' | 'surface' | Market, string>;

function readColors(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: read('ink'),
    quiet: read('quiet'),
    grid: read('rule'),
    line: read('chart-line'),
    accent: read('accent'),
    surface: read('surface'),
    spot: read('accent'),
    'on-demand': read('warn'),
  };
}
