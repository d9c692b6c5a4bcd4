/** Thirty days as thirty bars: how long it was wanted, and how much of that it was out. */
import { type DayShare, daysShown } from '../data/days.ts';
import { toDuration, toUtcDay } from '../data/words.ts';

const width = 8;
const gap = 3;
const height = 48;
/** A minute of a day would be no pixel at all. */
const heightMin = 4;

export function AvailabilityBars({ days }: { days: DayShare[] }) {
  const bad = days.filter(({ out }) => out > 0);
  return (
    <>
      <svg
        class="bars"
        viewBox={`0 0 ${daysShown * (width + gap) - gap} ${height}`}
        role="img"
        aria-label={`The last ${daysShown} days, ${bad.length} of them with an outage`}
      >
        {days.map((day, index) => (
          <Bar key={day.at} day={day} x={index * (width + gap)} />
        ))}
      </svg>
      <p class="ends quiet" aria-hidden="true">
        <span>{daysShown} days ago</span>
        <span>today</span>
      </p>
      {bad.length > 0 && (
        <details>
          <summary>{bad.length === 1 ? 'One day' : `${bad.length} days`} with an outage</summary>
          <ul class="lines">
            {bad.toReversed().map((day) => (
              <li key={day.at}>{toSentence(day)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Bar({ day, x }: { day: DayShare; x: number }) {
  const full = day.wanted ? Math.max(heightMin, (day.wanted / 24) * height) : heightMin;
  const out = day.out ? Math.min(full, Math.max(heightMin, (day.out / 24) * height)) : 0;
  return (
    <g>
      <title>{toSentence(day)}</title>
      <rect
        class={day.wanted ? 'wanted' : 'unwanted'}
        x={x}
        y={height - full}
        width={width}
        height={full}
        rx={2}
      />
      {out > 0 && <rect class="out" x={x} y={height - full} width={width} height={out} rx={2} />}
    </g>
  );
}

function toSentence({ at, wanted, out }: DayShare): string {
  const hours = (count: number) => toDuration(Math.round(count * 3_600) * 1_000);
  const day = toUtcDay(at);
  if (!wanted) return `${day}: not wanted`;
  return out
    ? `${day}: out for ${hours(out)} of ${hours(wanted)}`
    : `${day}: there for ${hours(wanted)}`;
}
