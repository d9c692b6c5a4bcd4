/** The page's small parts: a card, a dialog, a sentence about what went wrong. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

interface CardProps {
  title: string;
  area: string;
  /** Beside the title. */
  aside?: ComponentChildren;
  /** Whether its content is on its way. */
  loading?: boolean;
  /** Whether there is no more to show than that there is nothing. */
  empty?: boolean;
  children: ComponentChildren;
}

export function Card({ title, area, aside, loading = false, empty = false, children }: CardProps) {
  const id = useId();
  return (
    <section
      class={`card ${area}${empty ? ' empty' : ''}`}
      aria-labelledby={id}
      aria-busy={loading}
    >
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Said at once by a screen reader. */
export function Trouble({ says }: { says: string | null }) {
  return (
    <p class="trouble" role="alert" hidden={!says}>
      {says}
    </p>
  );
}

/** What could not be read just now: it is asked again by itself, and the state at the top says it aloud. */
export function Stale({ says, known }: { says: string | null; known: boolean }) {
  if (!says) return null;
  return <p class="stale">{known ? `From before. ${says}` : says}</p>;
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** The browser keeps the focus in it, and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" onClick={() => dialog.current?.close()}>
          Close
        </Button>
      </header>
      {children}
    </dialog>
  );
}
