/** `vpn bake` in a real terminal: it counts while it waits, and ^C undoes what it has made. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../local/ec2/instances.ts';
import { setPower } from '../../local/world-route.ts';
import { type CliStage, setCliStage } from '../cli/stage.ts';
import { openTerminal } from './tmux.ts';

let stage: CliStage;
beforeAll(async () => {
  stage = await setCliStage();
  const { pump, world, config } = stage.aws;
  pump.change(() => setPower(world, config, 'off'));
});
afterAll(() => stage.stop());

const machines = () => [...stage.aws.world.instances.values()].filter(isAlive);

test('it counts, and ^C leaves nothing of it', async () => {
  const terminal = await openTerminal(stage.env);
  await terminal.type('vpn --local bake; echo "ended with $?"');
  await terminal.until(
    /The bake \w+ begins; .*\n\d\d:\d\d:\d\d {2}Stock Debian, ami-\w+, is launched/,
  );
  await terminal.until(/\ni-\w+ installs, reboots and tests itself … \d+ s/);
  expect(machines()).toHaveLength(1);
  await terminal.press('C-c');
  const seen = await terminal.until(/ended with 130/);
  expect(seen).toMatch(/\nThe bake was broken off; what it had made is removed, /);
  expect(seen).not.toMatch(/… \d+ s/);
  expect(machines()).toEqual([]);
  await terminal.close();
});
