/** What came back around each cutover: a line for each round, drawn where there were answers. An SVG of its own. */
import type { Spans } from './answers.ts';
import type { Round } from './rounds.ts';
import { type Kind, notices, toKinds, toRange, wayWords } from './table.ts';

const width = 1_000;
const plot = { left: 20, right: width - 20 };
const line = 5;
const panel = { head: 26, foot: 20 };
const top = 74;
/** Seconds around the last answer of the server that was taken. */
const noticedSeconds = { from: -2, to: 18 };
const unnoticedSeconds = { from: -3, to: 60 };
/** Virtual machines take longer to boot. */
const unnoticedSecondsMax = 120;
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

interface Panel {
  words: string;
  /** Whether it is a matter of seconds. */
  isShort: boolean;
  /** Of each round. */
  gaps: number[];
  spans: Spans[];
}

export function toSvg(rounds: Round[]): string {
  const panels = toKinds(rounds).flatMap(toPanels);
  const longest = Math.max(...panels.flatMap(({ gaps }) => gaps)) / 1_000;
  const until = longest > unnoticedSeconds.to ? unnoticedSecondsMax : unnoticedSeconds.to;
  let y = top;
  const parts = panels.map(({ words, isShort, gaps, spans }) => {
    const seconds = isShort ? noticedSeconds : { ...unnoticedSeconds, to: until };
    const step = isShort ? ticks.noticed : ticks.unnoticed;
    const at = y;
    y += panel.head + spans.length * line + panel.foot;
    const x = (second: number) =>
      plot.left +
      ((second - seconds.from) / (seconds.to - seconds.from)) * (plot.right - plot.left);
    const bottom = at + panel.head + spans.length * line;
    const grid = [];
    for (let second = 0; second <= seconds.to; second += step)
      grid.push(
        `<path class="grid" d="M${toPlace(x(second))} ${at + panel.head - 4}V${bottom}"/>`,
        `<text class="quiet" text-anchor="middle" x="${toPlace(x(second))}" y="${bottom + 14}">${second}</text>`,
      );
    const heard = spans.map((one, index) =>
      toPath(one, x, at + panel.head + index * line + line / 2),
    );
    return [
      `<text x="${plot.left}" y="${at + 14}">${words}</text>`,
      `<text class="quiet" text-anchor="end" x="${plot.right}" y="${at + 14}">silent for ${toRange(gaps)}</text>`,
      ...grid,
      `<path class="heard" d="${heard.join('')}"/>`,
    ].join('\n');
  });
  const height = y + 10;
  const title = rounds.some(({ pptp }) => pptp)
    ? 'A call through WireGuard, and questions through PPTP, while AWS takes the server'
    : 'A call through WireGuard while AWS takes the server';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>${style}
</style>
<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
<text class="title" x="${plot.left}" y="30">${title}</text>
<text class="quiet" x="${plot.left}" y="52">Each line is one interruption, drawn where packets were answered, until its round ended. Seconds after the last answer before the silence.</text>
${parts.join('\n')}
</svg>
`;
}

/** The call of each kind and, where somebody uses PPTP, what came to them. */
function toPanels({ notice, way, rounds }: Kind): Panel[] {
  const taken = notice === 'none' ? 'without notice' : notices[notice];
  const words = `${taken[0]?.toUpperCase()}${taken.slice(1)}, ${wayWords[way]}`;
  const pptp = rounds.flatMap((round) => round.pptp ?? []);
  const of = (who: string, measured: { spans: Spans }[], gaps: number[]): Panel => ({
    words: pptp.length > 0 ? `${words}: ${who}` : words,
    isShort: notice === 'kept',
    gaps,
    spans: measured.map(({ spans }) => spans),
  });
  const callGaps = rounds.map(({ gapMs }) => gapMs.call);
  const pptpGaps = pptp.map(({ gapMs }) => gapMs);
  const panels = [of('WireGuard', rounds, callGaps)];
  return pptp.length > 0 ? [...panels, of('PPTP', pptp, pptpGaps)] : panels;
}

function toPath(spans: Spans, x: (second: number) => number, y: number): string {
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
