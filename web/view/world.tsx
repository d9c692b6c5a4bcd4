/** Only where AWS is played: the buttons that make trouble in it. */
import { useDeed } from '../data/hooks.ts';
import { makeTrouble } from '../data/world.ts';
import { Button } from '../ui/button.tsx';
import { Trouble } from '../ui/parts.tsx';
import { SlackPane } from './slack.tsx';

/** High enough that spot is out of the question. */
const dear = 1.5;

const troubles: { words: string; name: string; toBody: (cap: number) => object }[] = [
  { words: 'Interrupt the server', name: 'interrupt', toBody: () => ({ noticeSeconds: 120 }) },
  { words: 'Raise the price', name: 'price', toBody: (cap) => ({ perHour: cap * dear }) },
  {
    words: 'Take spot capacity',
    name: 'capacity',
    toBody: () => ({ market: 'spot', there: false }),
  },
  { words: 'Kill it silently', name: 'silence', toBody: () => ({}) },
  { words: 'Break SSM', name: 'ssm', toBody: () => ({ works: false }) },
  { words: 'Give all back', name: 'restore', toBody: () => ({}) },
];

export function WorldBar({ cap, onTrouble }: { cap: number; onTrouble: () => void }) {
  const deed = useDeed();
  const make = (name: string, body: object) =>
    deed.run(async () => {
      await makeTrouble(name, body);
      onTrouble();
    });
  return (
    <section class="world" aria-labelledby="world">
      <h2 id="world">A played world: make trouble</h2>
      <div class="row">
        {troubles.map(({ words, name, toBody }) => (
          <Button key={name} busy={deed.busy} onClick={() => make(name, toBody(cap))}>
            {words}
          </Button>
        ))}
      </div>
      <Trouble says={deed.error} />
      <SlackPane />
    </section>
  );
}
