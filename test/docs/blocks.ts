/** The fenced blocks of a page of docs/clients: what is in them, and of which file they are, if of any. */
import { readFileSync } from 'node:fs';

export interface Block {
  language: string;
  /** The file's name, which stands behind the language. */
  file: string | null;
  text: string;
}

export function readBlocks(page: string): Block[] {
  const text = readFileSync(`docs/clients/${page}.md`, 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
    ([, language = '', file, block = '']) => ({ language, file: file ?? null, text: block }),
  );
}
