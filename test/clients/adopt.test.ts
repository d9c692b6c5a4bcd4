/** pppd itself judges how its words are read when a server of one's own is adopted, and Debian's files are its own. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPppOptions, readPptpdConf } from '../../scripts/vpn/adopt/pptpd-conf.ts';
import { toRows } from '../../scripts/vpn/adopt/words.ts';
import { type Machine, makeMachine, suites } from './machine.ts';

/** Whatever may be between two words: signs that mean something, and some that don't. */
const noise = fc.string({
  unit: fc.constantFrom(
    ...'ab017xntsr"\'\\ #@/*-\t'.split(''),
    '\\"',
    "\\'",
    '\\\\',
    '\\x4',
    '\\101',
    '\\s',
    '\\x2b',
    '\\x',
    '\\\n',
  ),
  minLength: 1,
  maxLength: 24,
});
const lines = fc.sample(noise, { numRuns: 1_000, seed: 11 });

describe.each(suites)('on Debian %s', (suite) => {
  let machine: Machine;
  beforeAll(() => {
    machine = makeMachine(suite);
  });
  afterAll(() => machine.remove());

  // It reads words in chap-secrets as it does in a file of options, which it can print.
  test('pppd reads the same words', () => {
    const asked = lines.flatMap((line, index) => {
      const text = `ipparam ${line}\npty true\nnoauth\n`;
      const [[option, word, ...more] = [], ...rest] = toRows(text).map(({ words }) => words);
      // Of two words pppd takes the second for an option; and it prints no others than these.
      const isOne = option === 'ipparam' && word !== undefined && !more.length;
      const isPlain = /^[\x20-\x7e]+$/.test(word ?? '');
      return isOne && isPlain && rest.length === 2 ? [{ index, text, word }] : [];
    });
    expect(asked.length).toBeGreaterThan(100);
    for (const { index, text } of asked) machine.write(`etc/ppp/peers/w${index}`, text);
    const names = asked.map(({ index }) => `w${index}`).join(' ');
    const { output } = machine.run(
      `for one in ${names}; do echo "== $one"; pppd call $one dryrun 2>&1 | grep -a ^ipparam || true; done`,
    );
    const said = new Map(
      output
        .split(/^== /m)
        .slice(1)
        .map((part) => {
          const [name = '', option = ''] = part.split('\n');
          // A tab begins its remark; before that a backslash goes before what could mean something.
          const [shown = ''] = option.split('\t\t#');
          return [name, shown.replace(/^ipparam /, '').replace(/\\(.)/g, '$1')];
        }),
    );
    const differing = asked.filter(({ index, word }) => said.get(`w${index}`) !== word);
    expect(
      differing.map(({ text, word, index }) => ({ text, word, said: said.get(`w${index}`) })),
    ).toEqual([]);
  });

  test('the package’s own files say what the how-to builds on', () => {
    const read = (path: string) => machine.run(`cat ${path}`).output;
    expect(readPptpdConf(read('/etc/pptpd.conf'))).toMatchObject({
      localip: null,
      remoteip: null,
      options: '/etc/ppp/pptpd-options',
    });
    expect(readPppOptions(read('/etc/ppp/pptpd-options'))).toEqual({ name: 'pptpd', dns: [] });
  });
});
