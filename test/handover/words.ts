/** Talks with a process by lines: each that is said is answered by one of JSON. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

export function toTalk(child: ChildProcessWithoutNullStreams): <T>(word: string) => Promise<T> {
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.resolve(line));
  child.once('close', () => {
    for (const { reject } of waiting) reject(new Error('It ended before it answered'));
  });
  child.stderr.on('data', (text) => process.env.SHOW_LOG && console.log(String(text)));
  return <T>(word: string) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ resolve: (line) => resolve(JSON.parse(line) as T), reject });
      child.stdin.write(`${word}\n`);
    });
}
