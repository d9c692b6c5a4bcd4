/** Only where AWS is played: the buttons that make trouble in it. */
import { useEffect, useState } from 'preact/hooks';
import { toWords } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { makeTrouble, type PlayedWorld, readWorld } from '../data/world.ts';
import { Button } from '../ui/button.tsx';
import { Trouble } from '../ui/parts.tsx';

const troubles: { words: string; name: string; toBody: (world: PlayedWorld) => object }[] = [
  { words: 'Interrupt the server', name: 'interrupt', toBody: () => ({ noticeSeconds: 120 }) },
  { words: 'Raise the price', name: 'price', toBody: ({ cap }) => ({ perHour: cap * 1.5 }) },
  {
    words: 'Take spot capacity',
    name: 'capacity',
    toBody: () => ({ market: 'spot', there: false }),
  },
  { words: 'Kill it silently', name: 'silence', toBody: () => ({}) },
  { words: 'Break SSM', name: 'ssm', toBody: () => ({ works: false }) },
  { words: 'Give all back', name: 'restore', toBody: () => ({}) },
];

export function WorldBar({ onTrouble }: { onTrouble: () => void }) {
  const [world, setWorld] = useState<PlayedWorld | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const deed = useDeed();
  useEffect(() => {
    readWorld().then(setWorld, (error: unknown) => setFailure(toWords(error)));
  }, []);
  return (
    <section class="world" aria-labelledby="world">
      <h2 id="world">A played world: make trouble</h2>
      <div class="row">
        {world &&
          troubles.map(({ words, name, toBody }) => (
            <Button
              key={name}
              busy={deed.busy}
              onClick={() =>
                deed.run(async () => {
                  setWorld(await makeTrouble(name, toBody(world)));
                  onTrouble();
                })
              }
            >
              {words}
            </Button>
          ))}
      </div>
      <Trouble says={failure ?? deed.error} />
    </section>
  );
}
