/** Before anything is known: that it is looked at, or why there is nothing to see. */
import { useLate } from '../data/hooks.ts';
import { Button } from '../ui/button.tsx';

/** A cold start and a slow line take as long. */
const usualMs = 8_000;

export function Waiting({ failure, onLook }: { failure: string | null; onLook: () => void }) {
  const isLate = useLate(usualMs);
  return (
    <main class="waiting">
      <h1>{failure ? 'No answer yet' : 'Looking …'}</h1>
      <p role="alert" hidden={!failure}>
        {failure}
      </p>
      {failure && <p class="quiet">It is asked again by itself.</p>}
      {!failure && isLate && <p class="quiet">It takes longer than usual. AWS may be slow.</p>}
      {(failure || isLate) && <Button onClick={onLook}>Ask again now</Button>}
    </main>
  );
}
