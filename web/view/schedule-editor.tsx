/** Changes the week: windows of days and times, each with a line of its own. */
import { useState } from 'preact/hooks';
import { type Day, days, type Schedule } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, Trouble } from '../ui/parts.tsx';

type Window = Schedule['on'][number];

export const dayWords: Record<Day, string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

const usual: Window = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' };
const windowsMax = 14;

interface EditorProps {
  api: Api;
  /** Null if there is none yet. */
  schedule: Schedule | null;
  onSaved: () => void;
  onClose: () => void;
}

export function ScheduleEditor({ api, schedule, onSaved, onClose }: EditorProps) {
  const [windows, setWindows] = useState(schedule ? schedule.on : [usual]);
  const timeZone = schedule?.timeZone ?? hereZone();
  const deed = useDeed();
  const change = (index: number, next: Partial<Window>) =>
    setWindows(windows.map((window, at) => (at === index ? { ...window, ...next } : window)));
  const submit = (event: Event) => {
    event.preventDefault();
    const idle = windows.findIndex((window) => !window.days.length);
    deed.run(async () => {
      if (idle >= 0) throw new Error(`Choose a day for window ${idle + 1}, or remove it.`);
      await api.send('PUT', '/schedule', { timeZone, on: windows });
      onSaved();
    });
  };
  return (
    <Dialog title="The week" onClose={onClose}>
      <form class="fields" onSubmit={submit}>
        <p class="quiet">On at these times, off at all others, in {timeZone}.</p>
        {windows.map((window, index) => (
          <fieldset key={index} class="window">
            <legend class="unseen">Window {index + 1}</legend>
            <div class="days">
              {days.map((day) => (
                <DayBox
                  key={day}
                  day={day}
                  window={window}
                  onChange={(next) => change(index, next)}
                />
              ))}
            </div>
            <div class="row">
              <ClockField
                words="From"
                value={window.from}
                onChange={(from) => change(index, { from })}
              />
              <ClockField words="To" value={window.to} onChange={(to) => change(index, { to })} />
              <Button
                kind="quiet"
                label={`Remove window ${index + 1}`}
                onClick={() => setWindows(windows.filter((_, at) => at !== index))}
              >
                Remove
              </Button>
            </div>
          </fieldset>
        ))}
        <Trouble says={deed.error} />
        <div class="row">
          <Button kind="primary" type="submit" busy={deed.busy}>
            Save
          </Button>
          {windows.length < windowsMax && (
            <Button onClick={() => setWindows([...windows, usual])}>Another window</Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

interface DayBoxProps {
  day: Day;
  window: Window;
  onChange: (next: Pick<Window, 'days'>) => void;
}

function DayBox({ day, window, onChange }: DayBoxProps) {
  const chosen = window.days.includes(day);
  const next = days.filter((one) => (one === day ? !chosen : window.days.includes(one)));
  return (
    <label class="day">
      <input type="checkbox" checked={chosen} onChange={() => onChange({ days: next })} />
      {dayWords[day]}
    </label>
  );
}

interface ClockFieldProps {
  words: string;
  value: string;
  onChange: (value: string) => void;
}

function ClockField({ words, value, onChange }: ClockFieldProps) {
  return (
    <label>
      {words}
      <input
        type="time"
        required
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

function hereZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
