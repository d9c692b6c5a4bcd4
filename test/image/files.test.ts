/** A file that the agent writes is the old one or the new one, whenever it is killed, and never anybody else's to read. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentPath } from './server.ts';

const kills = 25;
/** Larger than any buffer on the way. */
const bytes = 1_000_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perennial-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes as and bs by turns, and says so each time. */
function startWriter(path: string): ChildProcess {
  const program = `
import os, sys
sys.path.insert(0, ${JSON.stringify(dirname(agentPath))})
from server import files
os.umask(0)
while True:
    for letter in 'ab':
        files.write(${JSON.stringify(path)}, letter * ${bytes})
        print(letter, flush=True)
`;
  return spawn('python3', ['-IBc', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test(`killed ${kills} times in the middle`, async () => {
  const path = join(folder, 'secrets');
  const seen = new Set<string>();
  const watcher = watch(folder);
  let halves = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter(path);
    if (!writer.stdout) throw new Error('It has no output');
    await once(writer.stdout, 'data');
    // Whichever of them it is: a kill meets the writer where it has just begun, or is about to end.
    const event = kill % 2 ? 'data' : 'change';
    await once(event === 'data' ? writer.stdout : watcher, event);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    const text = readFileSync(path, 'utf8');
    expect(text.length).toBe(bytes);
    expect(new Set(text).size).toBe(1);
    seen.add(text.charAt(0));
    const names = readdirSync(folder);
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    halves += names.filter((name) => name === 'secrets.new').length;
  }
  watcher.close();
  expect(halves).toBeGreaterThan(0);
  expect([...seen].sort()).toEqual(['a', 'b']);
  expect(readdirSync(folder).every((name) => ['secrets', 'secrets.new'].includes(name))).toBe(true);
});
