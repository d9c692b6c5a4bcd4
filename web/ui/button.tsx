/** Buttons: one that does something, one that asks first, one that copies. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface ButtonProps {
  children: ComponentChildren;
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** What a screen reader says where the text alone is not enough. */
  label?: string | undefined;
  busy?: boolean;
  type?: 'button' | 'submit';
  onClick?: () => void;
  onBlur?: () => void;
}

export function Button({
  children,
  kind = 'plain',
  label,
  busy,
  type = 'button',
  ...on
}: ButtonProps) {
  // Busy is not disabled: the focus would be lost.
  return (
    <button class={`button ${kind}`} type={type} aria-label={label} aria-busy={busy} {...on}>
      {children}
    </button>
  );
}

interface ConfirmProps {
  /** Like Remove. */
  verb: string;
  /** Like alice. */
  what: string;
  busy?: boolean;
  onConfirm: () => void;
}

/** Long enough to read it, short enough that a later click does no harm. */
const confirmMs = 5_000;

/** The second click does it. */
export function Confirm({ verb, what, busy = false, onConfirm }: ConfirmProps) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), confirmMs);
    return () => clearTimeout(timer);
  }, [asking]);
  const click = () => {
    setAsking(!asking);
    if (asking) onConfirm();
  };
  return (
    <span class="confirm">
      <Button
        kind={asking ? 'danger' : 'quiet'}
        label={asking ? `Really ${verb.toLowerCase()} ${what}` : `${verb} ${what}`}
        busy={busy}
        onClick={click}
        onBlur={() => setAsking(false)}
      >
        {asking ? 'Really?' : verb}
      </Button>
      <span class="unseen" role="status">
        {asking ? `Press again to ${verb.toLowerCase()} ${what}` : ''}
      </span>
    </span>
  );
}

const copiedMs = 2_000;

export function Copy({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState('Copy');
  useEffect(() => {
    if (said === 'Copy') return;
    const timer = setTimeout(() => setSaid('Copy'), copiedMs);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Select it and copy'),
    );
  return (
    <>
      <Button kind="quiet" label={said === 'Copy' ? `Copy ${what}` : said} onClick={copy}>
        {said}
      </Button>
      <span class="unseen" role="status">
        {said === 'Copy' ? '' : said}
      </span>
    </>
  );
}
