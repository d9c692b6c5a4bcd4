/** The call around each cutover: a line for each round, drawn where its packets were answered. An SVG of its own. */
import type { Round } from './rounds.ts';
import { toKinds, toRange, wayWords } from './table.ts';

const width = 1_000;
const plot = { left: 20, right: width - 20 };
const line = 5;
const panel = { head: 26, foot: 20 };
const top = 74;
/** Seconds around the last answer of the server that was taken. */
const noticedSeconds = { from: -2, to: 18 };
const unnoticedSeconds = { from: -3, to: 60 };
const ticks = { noticed: 2, unnoticed: 10 };
/** Silences that nobody could see. */
const leastWidth = 0.4;

/** It brings its own ground, so it is as good to read on a white page as on a dark one. */
const style = `
  .ground { fill: #ffffff; stroke: #d7dbe0 }
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e }
  .grid { stroke: #e3e6ea }
  .heard { stroke: #1a7f37; stroke-width: 3; fill: none }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .grid { stroke: #262c36 }
    .heard { stroke: #3fb950 }
  }`;

export function toSvg(rounds: Round[]): string {
  let y = top;
  const parts = toKinds(rounds).map((kind) => {
    const seconds = kind.noticed ? noticedSeconds : unnoticedSeconds;
    const step = kind.noticed ? ticks.noticed : ticks.unnoticed;
    const at = y;
    y += panel.head + kind.rounds.length * line + panel.foot;
    const x = (second: number) =>
      plot.left +
      ((second - seconds.from) / (seconds.to - seconds.from)) * (plot.right - plot.left);
    const bottom = at + panel.head + kind.rounds.length * line;
    const gaps = toRange(kind.rounds.map(({ gapMs }) => gapMs.call));
    const words = `${kind.noticed ? 'With' : 'Without'} notice, ${wayWords[kind.way]}`;
    const grid = [];
    for (let second = 0; second <= seconds.to; second += step)
      grid.push(
        `<path class="grid" d="M${toPlace(x(second))} ${at + panel.head - 4}V${bottom}"/>`,
        `<text class="quiet" text-anchor="middle" x="${toPlace(x(second))}" y="${bottom + 14}">${second}</text>`,
      );
    const heard = kind.rounds.map((round, index) =>
      toPath(round, x, at + panel.head + index * line + line / 2),
    );
    return [
      `<text x="${plot.left}" y="${at + 14}">${words}</text>`,
      `<text class="quiet" text-anchor="end" x="${plot.right}" y="${at + 14}">silent for ${gaps}</text>`,
      ...grid,
      `<path class="heard" d="${heard.join('')}"/>`,
    ].join('\n');
  });
  const height = y + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A call through WireGuard while AWS takes the server">
<style>${style}
</style>
<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
<text class="title" x="${plot.left}" y="30">A call through WireGuard while AWS takes the server</text>
<text class="quiet" x="${plot.left}" y="52">Each line is one interruption, drawn where packets were answered, until its round ended. Seconds after the last answer before the silence.</text>
${parts.join('\n')}
</svg>
`;
}

function toPath({ spans }: Round, x: (second: number) => number, y: number): string {
  const drawn: [number, number][] = [];
  for (const [from, to] of spans) {
    const [left, right] = [clamp(x(from / 1_000)), clamp(x(to / 1_000))];
    const last = drawn.at(-1);
    if (last && left - last[1] < leastWidth) last[1] = right;
    else if (right > left) drawn.push([left, right]);
  }
  return drawn.map(([left, right]) => `M${toPlace(left)} ${y}H${toPlace(right)}`).join('');
}

function clamp(place: number): number {
  return Math.min(Math.max(place, plot.left), plot.right);
}

function toPlace(place: number): number {
  return Number(place.toFixed(1));
}
