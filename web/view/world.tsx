/** Only where AWS is played: the buttons that make trouble in it. */
import { useState } from 'preact/hooks';
import { useDeed } from '../data/hooks.ts';
import { toPrice } from '../data/words.ts';
import { makeTrouble } from '../data/world.ts';
import { Button } from '../ui/button.tsx';
import { Trouble } from '../ui/parts.tsx';
import { SlackPane } from './slack.tsx';

/** High enough that spot is out of the question. */
const dear = 1.5;

interface Kind {
  words: string;
  name: string;
  toBody: (cap: number) => object;
  /** What has come of it. */
  done: (cap: number) => string;
}

const troubles: Kind[] = [
  {
    words: 'Interrupt the server',
    name: 'interrupt',
    toBody: () => ({ noticeSeconds: 120 }),
    done: () => 'AWS takes the server in two minutes.',
  },
  {
    words: 'Raise the price',
    name: 'price',
    toBody: (cap) => ({ perHour: cap * dear }),
    done: (cap) => `Spot costs ${toPrice(cap * dear)} an hour everywhere, above the cap.`,
  },
  {
    words: 'Take spot capacity',
    name: 'capacity',
    toBody: () => ({ market: 'spot', there: false }),
    done: () => 'Nobody gets another server on spot.',
  },
  {
    words: 'Kill it silently',
    name: 'silence',
    toBody: () => ({}),
    done: () => 'The server is dead, and AWS says that it runs.',
  },
  {
    words: 'Break SSM',
    name: 'ssm',
    toBody: () => ({ works: false }),
    done: () => 'Parameter Store and Run Command answer nobody.',
  },
  {
    words: 'Give all back',
    name: 'restore',
    toBody: () => ({}),
    done: () => 'Prices, capacity and SSM are as they were.',
  },
];

export function WorldBar({ cap, onTrouble }: { cap: number; onTrouble: () => void }) {
  const deed = useDeed();
  const [said, setSaid] = useState('');
  const make = ({ name, toBody, done }: Kind) =>
    deed.run(async () => {
      setSaid('');
      await makeTrouble(name, toBody(cap));
      setSaid(done(cap));
      onTrouble();
    });
  return (
    <section class="world" aria-labelledby="world">
      <h2 id="world">A played world: make trouble</h2>
      <div class="row">
        {troubles.map((trouble) => (
          <Button key={trouble.name} busy={deed.busy} onClick={() => make(trouble)}>
            {trouble.words}
          </Button>
        ))}
      </div>
      <p class="said" role="status">
        {said}
      </p>
      <Trouble says={deed.error} />
      <SlackPane />
    </section>
  );
}
