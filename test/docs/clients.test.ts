/** The pages for clients show what people really get: each snippet is of a profile, and each command is one of its steps. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systems, toProfile } from '../../shared/users/profiles.ts';
import { ann, home } from '../clients/ann.ts';
import { readBlocks } from './blocks.ts';

/** Those of the project, and those that change nothing or belong to files of the page alone. */
const others = [
  /^vpn users add (ann|house) --for (\w+)( --kill-switch)?( --out \S+)?$/,
  /^vpn profile ann --for (\w+)( --kill-switch)?$/,
  /^curl(\.exe)? https:\/\/checkip\.amazonaws\.com$/,
  /^sudo wg show$/,
  /^sudo systemctl enable --now home-again\.timer$/,
];

/** Of pages alone, and judged by systemd in test/clients. */
const own = ['home-again.service', 'home-again.timer'];

const toLines = (text: string) => text.split('\n').filter(Boolean);
const isCommand = (step: string) => /^(sudo|nmcli|command|powershell) /.test(step);

it('there is a page for each system, and for nothing else', () => {
  const pages = globSync('docs/clients/*.md').map((path) => basename(path, '.md'));
  expect(pages.toSorted()).toEqual(['README', ...systems].toSorted());
  const index = readFileSync('docs/clients/README.md', 'utf8');
  expect(systems.filter((system) => !index.includes(`](${system}.md)`))).toEqual([]);
});

describe.each(systems)('%s', (system) => {
  const blocks = readBlocks(system);
  const profiles = [false, true].map((killSwitch) =>
    toProfile(system, ann, { ...home, killSwitch }),
  );
  const steps = profiles.flatMap((profile) => profile.steps);
  const files = profiles.flatMap((profile) => profile.files);
  const commands = blocks.flatMap(({ language, file, text }) =>
    language === 'sh' && file === null ? toLines(text) : [],
  );

  it('shows of each file what stands in it', () => {
    const strange = blocks.filter(
      ({ file, text }) =>
        file !== null &&
        !own.includes(file) &&
        !files.some((one) => one.name === file && toUnix(one.content).includes(text.trimEnd())),
    );
    expect(strange).toEqual([]);
  });

  it('names each file that there is', () => {
    const text = readFileSync(`docs/clients/${system}.md`, 'utf8');
    expect(files.map(({ name }) => name).filter((name) => !text.includes(name))).toEqual([]);
  });

  it('shows no other command', () => {
    const known = (line: string) =>
      steps.includes(line) || others.some((pattern) => pattern.test(line));
    expect(commands.filter((line) => !known(line))).toEqual([]);
  });

  it('shows each command of the steps', () => {
    expect(steps.filter((step) => isCommand(step) && !commands.includes(step))).toEqual([]);
  });

  it('gets its profile by a command for this system', () => {
    const text = readFileSync(`docs/clients/${system}.md`, 'utf8');
    const asked = [...text.matchAll(/vpn (?:users add|profile) \w+ --for (\w+)/g)];
    expect(new Set(asked.map(([, one]) => one))).toEqual(new Set([system]));
  });

  it('tells of the kill switch, of an interruption, and what to do if it fails', () => {
    const text = readFileSync(`docs/clients/${system}.md`, 'utf8');
    expect(text).toMatch(/kill switch/i);
    expect(text).toContain('\n## Check\n');
    expect(text).toContain('\n## When the server is replaced\n');
    expect(text).toContain('\n## If it does not work\n');
  });
});

function toUnix(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
