/** The journal: what happened and was done, with reasons, the newest first. */
import { useState } from 'preact/hooks';
import type { Entry, Journal } from '../data/answers.ts';
import { useAnswer, useDeed, type View } from '../data/hooks.ts';
import { toDay, toTime } from '../data/words.ts';
import { Button } from '../ui/button.tsx';
import { Card, Stale, Trouble } from '../ui/parts.tsx';
import { Sentence } from '../ui/sentence.tsx';
import { Incidents } from './incidents.tsx';

/** Trouble, and its end: everything else is how things go. */
const tones: Record<string, string> = {
  doomed: 'warn',
  risky: 'warn',
  refused: 'warn',
  incident: 'danger',
  stuck: 'danger',
  unrefreshed: 'danger',
  recovered: 'good',
  refreshed: 'good',
};

/** What fits beside the other cards; the rest is there for whoever wants it. */
const entriesFirst = 12;

export function JournalCard({ api, revision }: View) {
  const { value, error } = useAnswer(() => api.get<Journal>('/journal'), revision);
  const [older, setOlder] = useState<Journal | null>(null);
  const [all, setAll] = useState(false);
  const deed = useDeed();
  const entries = join(value?.entries ?? [], older?.entries ?? []);
  const before = older ? older.before : value?.before;
  const shown = all ? entries : entries.slice(0, entriesFirst);
  const more = () =>
    deed.run(async () => {
      if (shown.length < entries.length) return setAll(true);
      const page = await api.get<Journal>(`/journal?before=${encodeURIComponent(before ?? '')}`);
      setOlder({ ...page, entries: [...(older?.entries ?? []), ...page.entries] });
    });
  return (
    <Card title="Journal" area="journal" loading={!value && !error}>
      <Stale says={error} known={value !== null} />
      <Trouble says={deed.error} />
      {value && !entries.length && <p class="quiet">Nothing has happened yet.</p>}
      {value && <Incidents incidents={value.incidents} />}
      {byDay(shown).map(({ day, entries: ofDay }) => (
        <div key={day}>
          <h3 class="label">{day}</h3>
          <ol class="entries">
            {ofDay.map((entry) => (
              <li key={toKey(entry)} class={tones[entry.kind] ?? ''}>
                <time dateTime={entry.at}>{toTime(entry.at)}</time>
                <p>
                  <Sentence text={entry.why} at={entry.at} />
                </p>
              </li>
            ))}
          </ol>
        </div>
      ))}
      {(before || shown.length < entries.length) && (
        <Button busy={deed.busy} onClick={more}>
          Older
        </Button>
      )}
    </Card>
  );
}

/** The newest page moves on while older ones stay: what is in both is shown once. */
function join(newest: Entry[], older: Entry[]): Entry[] {
  const known = new Set(newest.map(toKey));
  return [...newest, ...older.filter((entry) => !known.has(toKey(entry)))];
}

function toKey({ at, kind, why }: Entry): string {
  return `${at} ${kind} ${why}`;
}

function byDay(entries: Entry[]): { day: string; entries: Entry[] }[] {
  const days = Map.groupBy(entries, ({ at }) => toDay(at));
  return [...days].map(([day, ofDay]) => ({ day, entries: ofDay }));
}
