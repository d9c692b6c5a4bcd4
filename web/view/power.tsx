/** Start and stop: one button, and beside it when, for how long, or under which condition. */
import { useEffect, useState } from 'preact/hooks';
import type { Status } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { toSuggestion, wishes } from '../data/wishes.ts';
import { Button } from '../ui/button.tsx';
import { Trouble } from '../ui/parts.tsx';

interface Props {
  api: Api;
  status: Status;
  now: number;
  onStatus: (status: Status) => void;
}

export function Power({ api, status, now, onStatus }: Props) {
  const { wanted } = status.power;
  const [chosen, setChosen] = useState(0);
  const [time, setTime] = useState('');
  const deed = useDeed();
  const choices = wishes[wanted];
  const wish = choices[chosen] ?? choices[0];
  // What was chosen for stopping means nothing for starting.
  useEffect(() => setChosen(0), [wanted]);
  const choose = (index: number) => {
    setChosen(index);
    setTime(toSuggestion(now));
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!wish) return;
    const { path, body } = wish.toAsk(now, new Date(time).getTime());
    deed.run(async () => {
      onStatus(await api.send<Status>('POST', path, body));
      setChosen(0);
    });
  };
  return (
    <form class="power" onSubmit={submit}>
      <Button kind={wanted === 'on' ? 'plain' : 'primary'} type="submit" busy={deed.busy}>
        {wanted === 'on' ? 'Stop' : 'Start'}
      </Button>
      <label>
        <span class="unseen">When</span>
        <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {choices.map(({ words }, index) => (
            <option key={words} value={index}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {wish?.asksTime && (
        <label>
          <span class="unseen">Time</span>
          <input
            type="datetime-local"
            required
            value={time}
            onInput={(event) => setTime(event.currentTarget.value)}
          />
        </label>
      )}
      <Trouble says={deed.error} />
    </form>
  );
}
