/** When it is on by itself: windows of the week, in a time zone. */
import { useState } from 'preact/hooks';
import { type Day, days, type Schedule } from '../data/answers.ts';
import { type Api, Refusal } from '../data/api.ts';
import { useAnswer, useDeed, type View } from '../data/hooks.ts';
import { Button, Confirm } from '../ui/button.tsx';
import { Card, Stale, Trouble } from '../ui/parts.tsx';
import { dayWords, ScheduleEditor } from './schedule-editor.tsx';

export function ScheduleCard({ api, revision, onChanged }: View & { onChanged: () => void }) {
  const { value, error, reload } = useAnswer(() => readSchedule(api), revision);
  const [editing, setEditing] = useState(false);
  const deed = useDeed();
  const changed = () => {
    setEditing(false);
    reload();
    onChanged();
  };
  const remove = () =>
    deed.run(async () => {
      await api.send<void>('DELETE', '/schedule');
      changed();
    });
  const schedule = value?.schedule;
  return (
    <Card
      title="Week"
      area="week"
      loading={!value && !error}
      aside={<Button onClick={() => setEditing(true)}>{schedule ? 'Change' : 'Plan it'}</Button>}
    >
      <Stale says={error} known={value !== null} />
      <Trouble says={deed.error} />
      {value && !schedule && <p class="quiet">It is on and off when you say so.</p>}
      {schedule && (
        <>
          <ul class="lines">
            {schedule.on.map((window) => (
              <li key={JSON.stringify(window)}>
                {toDayWords(window.days)}{' '}
                <span class="quiet">
                  {window.from} to {window.to}
                </span>
              </li>
            ))}
          </ul>
          <p class="quiet">{schedule.timeZone}</p>
          <Confirm verb="Remove" what="the schedule" busy={deed.busy} onConfirm={remove} />
        </>
      )}
      {editing && (
        <ScheduleEditor
          api={api}
          schedule={schedule ?? null}
          onSaved={changed}
          onClose={() => setEditing(false)}
        />
      )}
    </Card>
  );
}

/** None is an answer too. */
async function readSchedule(api: Api): Promise<{ schedule: Schedule | null }> {
  try {
    return { schedule: await api.get<Schedule>('/schedule') };
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return { schedule: null };
    throw error;
  }
}

/** Runs of days by their ends: Mon to Fri, Sun. */
function toDayWords(wanted: Day[]): string {
  const runs: Day[][] = [];
  for (const day of days.filter((one) => wanted.includes(one))) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && days.indexOf(last) === days.indexOf(day) - 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .map((run) => {
      const [first, last] = [run[0], run.at(-1)].map((day) => (day ? dayWords[day] : ''));
      return run.length > 2 ? `${first} to ${last}` : run.map((day) => dayWords[day]).join(', ');
    })
    .join(', ');
}
