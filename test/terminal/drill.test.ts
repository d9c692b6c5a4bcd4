/** `vpn drill --real` where it asks, says what it waits for, and is broken off: in a real terminal. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { setPower } from '../../local/world-route.ts';
import type { Status } from '../../web/data/answers.ts';
import { type CliStage, setCliStage } from '../cli/stage.ts';
import { openTerminal, type Terminal } from './tmux.ts';

let stage: CliStage;
let terminal: Terminal;

beforeAll(async () => {
  stage = await setCliStage();
  stage.aws.pump.change(() => setPower(stage.aws.world, stage.aws.config, 'on'));
  await stage.ask('start --wait');
});
afterAll(() => stage.stop());
beforeEach(async () => {
  terminal = await openTerminal(stage.env, { columns: 160 });
});
afterEach(() => terminal.close());

const serverNow = async () => (await stage.ask<Status>('status')).server?.id;
const made = () => stage.aws.world.fis.templates.size;

test('it says what it costs and what it makes, and no is the usual answer', async () => {
  const before = await serverNow();
  await terminal.type('vpn --local drill --real; echo "ended with $?"');
  const asked = await terminal.until(
    /\? Have AWS take i-\w+ with its notice, for about \$0\.20\? \(y\/N\)/,
  );
  expect(asked).toMatch(
    /AWS charges \$0\.10 for each minute of it\. A role and an experiment template are made for it, and removed again\./,
  );
  await terminal.press('Enter');
  await terminal.until(/vpn: Nothing was done\.\nended with 2/);
  await terminal.clear();
  await terminal.type('vpn --local drill --without-notice; echo "ended with $?"');
  await terminal.until(/\? Terminate i-\w+ without notice\? .* \(y\/N\)/);
  await terminal.press('C-c');
  await terminal.until(/ended with 130/);
  expect([await serverNow(), stage.aws.world.fis.experiments.size]).toEqual([before, 0]);
});

test('it says what it waits for, each in its turn', async () => {
  const before = await serverNow();
  await terminal.type('vpn --local drill --real; echo "ended with $?"');
  await terminal.until(/\(y\/N\)/);
  await terminal.press('y', 'Enter');
  await terminal.until(/AWS has given its notice to i-\w+/);
  await terminal.until(/(recovering|serves).* … \d+ s/);
  const seen = await terminal.until(/ended with 0/);
  expect(seen).toMatch(/AWS's notice was heard after \d+ s .*\. Another server served after /);
  expect(seen).not.toMatch(/ … \d+ s/);
  expect([made(), await serverNow()]).toEqual([0, expect.not.stringMatching(before ?? '')]);
});

test('^C before AWS has begun removes what was made, and leaves the server', async () => {
  const before = await serverNow();
  // In real time a new role is unknown for some seconds.
  stage.aws.clock.go(1);
  await terminal.type('vpn --local drill --real --yes; echo "ended with $?"');
  await terminal.until(/Waiting until AWS knows the role … \d+ s/);
  expect(made()).toBe(1);
  await terminal.press('C-c');
  await terminal.until(/Broken off\. What was made for it is removed\.\nended with 130/);
  expect([made(), await serverNow()]).toEqual([0, before]);
  stage.aws.clock.go(30);
});
