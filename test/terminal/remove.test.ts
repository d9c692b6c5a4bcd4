/** `vpn doctor`, `vpn leftovers` and `vpn remove` where they draw, ask and are broken off: in a real terminal. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
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
  await stage.ask('users add ann');
  // The agent comes some time after the boot, and a server without it would have no self-test to wait for.
  const isReady = async () => {
    const { secrets } = await stage.ask<Status>('status');
    const ids = [...stage.aws.world.instances.keys()];
    return secrets.current && ids.some((id) => stage.aws.world.guests.isManaged(id));
  };
  await vi.waitFor(async () => expect(await isReady()).toBe(true), { timeout: 100_000 });
});
afterAll(() => stage.stop());
beforeEach(async () => {
  terminal = await openTerminal(
    { ...stage.env, SLS_AWS_MONITORING_FREQUENCY: '300' },
    { columns: 160 },
  );
});
afterEach(() => terminal.close());

const tags = (Key: string) => [{ ResourceType: 'volume', Tags: [{ Key, Value: 'home' }] }];
const makeVolume = () =>
  stage.aws.pump.change(() =>
    stage.aws.world.call('ec2', 'CreateVolume', {
      Size: 8,
      TagSpecifications: tags('perennial:bake'),
    }),
  ) as { VolumeId: string };

test('the doctor says what it waits for, and colours what it found', async () => {
  // No command is delivered: the self-test is waited for.
  stage.aws.clock.go(1);
  stage.aws.world.guests.setFates(() => 'lost');
  await terminal.type('vpn --local doctor; echo "ended with $?"');
  await terminal.until(/\d\d of \d\d checked; next .*self-test … \d+ s/);
  // By then it is on its way to nowhere.
  const isLost = () =>
    [...stage.aws.world.commands.values()].some(
      ({ document, requestedAt }) =>
        document.name.includes('SelfTest') && stage.aws.clock.now() - requestedAt > 1_000,
    );
  await expect.poll(isLost, { timeout: 60_000 }).toBe(true);
  stage.aws.world.guests.setFates(() => 'done');
  stage.aws.clock.go(30);
  const seen = await terminal.until(/ended with \d/);
  expect(seen).toMatch(/\n {2}ok +PPTP +203\.0\.113\.\d+, TCP 1723 answers in /);
  expect(seen).toMatch(/\n {2}\? +self-test +it came to nothing: /);
  expect(seen).not.toMatch(/checked; next/);
  const colours = await terminal.read(true);
  expect(colours).toContain('\x1b[32mok');
  expect(colours).toContain('\x1b[35m?');
});

test('the doctor is sent away by ^C', async () => {
  stage.aws.clock.go(1);
  stage.aws.world.guests.setFates(() => 'lost');
  await terminal.type('vpn --local doctor; echo "ended with $?"');
  await terminal.until(/checked; next .* … \d+ s/);
  await terminal.press('C-c');
  const seen = await terminal.until(/ended with 130/);
  stage.aws.world.guests.setFates(() => 'done');
  stage.aws.clock.go(30);
  expect(seen).not.toMatch(/All is well|FAIL/);
});

test('leftovers are shown before anybody says yes, and no is the usual answer', async () => {
  const { VolumeId } = makeVolume();
  await terminal.type('vpn --local leftovers --remove; echo "ended with $?"');
  const asked = await terminal.until(/\? Remove this, for good\? \(y\/N\)/);
  expect(asked).toMatch(new RegExp(`volume +${VolumeId} +8 GB, of nobody +\\$0\\.64 +nothing`));
  await terminal.press('Enter');
  await terminal.until(/vpn: Nothing was removed\.\nended with 2/);
  expect(stage.aws.world.volumes.has(VolumeId)).toBe(true);
  await terminal.clear();
  await terminal.type('vpn --local leftovers --remove; echo "ended with $?"');
  await terminal.until(/\(y\/N\)/);
  await terminal.press('y', 'Enter');
  const seen = await terminal.until(/ended with 0/);
  expect(seen).toContain(`The volume ${VolumeId} is removed`);
  expect(stage.aws.world.volumes.has(VolumeId)).toBe(false);
});

test('a removal shows what goes, and takes nothing but the name for a yes', async () => {
  await terminal.type('vpn --local remove; echo "ended with $?"');
  const asked = await terminal.until(/\? Remove the VPN home from us-east-1\? Type home if so:/);
  expect(asked).toMatch(/instance +i-\w+ +t3\w*\.\w+, running/);
  expect(asked).toMatch(
    /There is also the stack perennial-home \(CREATE_COMPLETE\), .*parameters below/,
  );
  await terminal.type('yes');
  await terminal.until(/vpn: Nothing was removed\.\nended with 2/);
  await terminal.clear();
  await terminal.type('vpn --local remove; echo "ended with $?"');
  await terminal.until(/Type home if so:/);
  await terminal.press('C-c');
  await terminal.until(/ended with 130/);
  expect((await stage.ask<{ state: string }>('status')).state).toBe('serving');
});

test('a removal that ^C breaks off says what stands, and the next one ends it', async () => {
  await terminal.type('vpn --local remove; echo "ended with $?"');
  await terminal.until(/Type home if so:/);
  stage.aws.clock.go(2);
  await terminal.type('home');
  await terminal.until(/… \d+ s/);
  await terminal.press('C-c');
  const broken = await terminal.until(/ended with 130/);
  expect(broken).toMatch(
    /Not finished: there still is the stack perennial-home .*Go on with: vpn remove/s,
  );
  await terminal.clear();
  stage.aws.clock.go(30);
  await terminal.type('vpn --local remove --yes; echo "ended with $?"');
  const seen = await terminal.until(/ended with 0/);
  expect(seen).toMatch(/The stack perennial-home is removed/);
  expect(seen).toMatch(/home is removed from us-east-1\. What is left:/);
  expect(seen).toMatch(/image +ami-0123456789abcdef0 .*yours: no bake has made it/);
});
