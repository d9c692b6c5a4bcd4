/** What a person sees: answers on stdout, everything else on stderr; a line that says what is waited for. */
import { styleText } from 'node:util';

export interface Screen {
  json: boolean;
  /** Whether a person looks at stdout. */
  isTerminal: boolean;
  /** Columns. */
  width: number;
  /** The answer: the value for programs, the text for people. */
  show: (value: unknown, text: string) => void;
  /** One answer of a stream: a line of JSON each. */
  tell: (value: unknown, text: string) => void;
  /** What only a person wants to know. */
  note: (text: string) => void;
  /** Says what is waited for, once it takes longer than a second; `say` changes the words. */
  during: <T>(words: string, work: (say: (words: string) => void) => Promise<T>) => Promise<T>;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

export type Paint = (color: Color, text: string) => string;
type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'blue' | 'magenta' | 'dim' | 'bold';

interface Line {
  say: (words: string) => void;
  /** Until it is drawn again, so that something else can be printed. */
  hide: () => void;
  end: () => void;
}

const quietMs = 1_000;
const frameMs = 200;

export function toScreen(
  json: boolean,
  stdout: Stream = process.stdout,
  stderr: Stream = process.stderr,
): Screen {
  let line: Line | null = null;
  const print = (text: string) => {
    line?.hide();
    stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  return {
    json,
    isTerminal: stdout.isTTY === true && !json,
    width: Math.min(stdout.columns ?? 100, 120),
    show: (value, text) => print(json ? JSON.stringify(value, null, 2) : text),
    tell: (value, text) => print(json ? JSON.stringify(value) : text),
    note(text) {
      line?.hide();
      if (!json) stderr.write(`${text}\n`);
    },
    async during(words, work) {
      const outer = line;
      outer?.hide();
      // Of one wait within another only the inner one is shown.
      const own = startLine(words, stderr, () => line === own);
      line = own;
      try {
        return await work((next) => own.say(next));
      } finally {
        own.end();
        line = outer;
      }
    },
  };
}

/** On a terminal a line that is written over; elsewhere each new wait is a line. */
function startLine(first: string, stderr: Stream, isShown: () => boolean): Line {
  const isTerminal = stderr.isTTY === true && process.env.TERM !== 'dumb';
  const begun = Date.now();
  let words = first;
  let shown = '';
  const draw = () => {
    if (!isShown() || Date.now() - begun < quietMs) return;
    if (!isTerminal) {
      if (words !== shown) stderr.write(`${words} …\n`);
    } else {
      const seconds = Math.round((Date.now() - begun) / 1_000);
      const text = `${words} … ${seconds} s`.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(`\r\x1b[2K${paintErr('cyan', text)}`);
    }
    shown = words;
  };
  const timer = setInterval(draw, frameMs);
  const hide = () => {
    if (isTerminal && shown) stderr.write('\r\x1b[2K');
  };
  return {
    hide,
    say(next: string) {
      words = next;
      draw();
    },
    end() {
      clearInterval(timer);
      hide();
    },
  };
}

/** Colours only where a person looks, and not if NO_COLOR is set. */
export const paint: Paint = (color, text) => styleText(color, text, { stream: process.stdout });
export const paintErr: Paint = (color, text) => styleText(color, text, { stream: process.stderr });
