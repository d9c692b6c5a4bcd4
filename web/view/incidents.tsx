/** What each incident of late has cost those who were connected. */
import type { Incident } from '../data/answers.ts';
import { toDuration, toGap, toShortDay, toTime } from '../data/words.ts';
import { Sentence } from '../ui/sentence.tsx';

/** Older ones stand in the journal. */
const incidentsShown = 5;

export function Incidents({ incidents }: { incidents: Incident[] }) {
  if (!incidents.length) return null;
  return (
    <table class="incidents">
      <thead>
        <tr>
          <th>Incidents</th>
          <th>Out</th>
          <th>
            <abbr title="How long WireGuard's clients missed a server">Gap</abbr>
          </th>
        </tr>
      </thead>
      <tbody>
        {incidents.slice(0, incidentsShown).map((incident) => (
          <Row key={incident.at} incident={incident} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ incident: { at, why, end } }: { incident: Incident }) {
  return (
    <tr>
      <th>
        <time dateTime={at}>
          {toShortDay(at)}, {toTime(at)}
        </time>
        <p>
          <Sentence text={why} at={at} />
        </p>
      </th>
      <td class={end?.outageSeconds === 0 ? '' : 'out'}>{toOut(end)}</td>
      <td>{end?.gapMs == null ? '–' : toGap(end.gapMs)}</td>
    </tr>
  );
}

function toOut(end: Incident['end']): string {
  if (!end) return 'goes on';
  if (end.serverId === null) return 'turned off';
  return toDuration(end.outageSeconds * 1_000);
}
