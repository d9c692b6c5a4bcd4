/** Asks a person at a terminal for what no flag has said; without a terminal nothing is ever asked. */
import { checkbox, confirm, input, password, select } from '@inquirer/prompts';
import { Usage } from './trouble.ts';

export interface Asking {
  /** Whether there is somebody to ask. */
  isThere: boolean;
  text: (flag: string, message: string, usual?: string) => Promise<string>;
  choose: (flag: string, message: string, choices: Choice[]) => Promise<string>;
  some: (message: string, choices: Choice[]) => Promise<string[]>;
  secret: (message: string) => Promise<string>;
  /** Throws what else there is to say if the answer is no, which is the usual one of what can't be undone. */
  agree: (flag: string, message: string, otherwise?: Otherwise) => Promise<void>;
  /** Throws unless that very word is typed. */
  repeat: (flag: string, message: string, word: string) => Promise<void>;
}

interface Otherwise {
  says: string;
  usual: boolean;
}

interface Choice {
  name: string;
  value: string;
}

/** What can't be asked for is collected, so that one error names all that is missing. */
export function toAsking(signal: AbortSignal): Asking & { missing: string[] } {
  const isThere = process.stdin.isTTY && process.stderr.isTTY;
  const missing: string[] = [];
  // Questions are for people; stdout is for the answer.
  const context = { signal, output: process.stderr };
  const lacking = (flag: string) => {
    missing.push(flag);
    return '';
  };
  return {
    isThere,
    missing,
    async text(flag, message, usual) {
      if (!isThere) return usual ?? lacking(flag);
      return input({ message, ...(usual && { default: usual }), required: true }, context);
    },
    async choose(flag, message, choices) {
      if (!isThere) return lacking(flag);
      return select({ message, choices }, context);
    },
    async some(message, choices) {
      if (!isThere) return choices.map(({ value }) => value);
      const all = choices.map((choice) => ({ ...choice, checked: true }));
      return checkbox({ message, choices: all, required: true }, context);
    },
    async secret(message) {
      return isThere ? password({ message, mask: true }, context) : '';
    },
    async agree(flag, message, { says, usual } = { says: 'Nothing was written.', usual: true }) {
      if (!isThere) throw new Usage(`${message} Say so with ${flag}.`);
      if (!(await confirm({ message, default: usual }, context))) throw new Usage(says);
    },
    async repeat(flag, message, word) {
      if (!isThere) throw new Usage(`${message} Say so with ${flag}.`);
      const typed = await input({ message: `${message} Type ${word} if so:` }, context);
      if (typed.trim() !== word) throw new Usage('Nothing was removed.');
    },
  };
}
