/** What cloud-init runs on a stock Debian that is to become the image, before a played AWS; all but its reboot. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packImage } from '../../scripts/bundle/image.ts';
import { type Pack, toParts, toUserData } from '../../shared/bake/pack.ts';
import { type Cloud, openCloud } from '../image/cloud.ts';
import { type Chroot, makeChroot } from './chroot.ts';

const minuteMs = 60_000;
const home = '/var/lib/perennial-bake';
const pack = packImage();

/** In its place: nothing reboots or shuts down here, but that it was to is written down. */
const systemctl = `#!/bin/sh
case "$0 $*" in
*shutdown*) echo "shutdown $*" >>/root/asked ;;
*' reboot') echo reboot >>/root/asked ;;
*) exec /usr/bin/systemctl.real "$@" ;;
esac
`;

let chroot: Chroot;
let cloud: Cloud;

beforeAll(async () => {
  cloud = await openCloud();
  chroot = makeChroot('trixie');
  // As in Debian's images for EC2, which have it for cloud-init.
  for (const words of ['update -q', 'install -qy --no-install-recommends python3'])
    expect(chroot.run('apt-get', ...words.split(' ')).code).toBe(0);
  chroot.run(
    ...'dpkg-divert --local --rename --divert /usr/bin/systemctl.real --add'.split(' '),
    '/usr/bin/systemctl',
  );
  chroot.write('usr/bin/systemctl', systemctl, 0o755);
}, 5 * minuteMs);
afterAll(async () => {
  chroot.remove();
  await cloud.close();
}, minuteMs);

function putParts({ text }: Pack): void {
  for (const [index, Value] of toParts({ text }).entries()) {
    const Name = `/perennial/home/image/${String(index).padStart(3, '0')}`;
    const input = { Name, Value, Type: 'String', Overwrite: true };
    cloud.change(() => cloud.world.call('ssm', 'PutParameter', input));
  }
}

/** As a bake gives it, but for where AWS is; without what only EC2 has. */
function writeUserData(): void {
  const [, url = ''] = /imds=(\S+)/.exec(cloud.conf) ?? [];
  const run = { id: '', startedAt: 0, stockImageId: '', sum: pack.sum };
  const protocols = ['pptp', 'wireguard'];
  const settings = { vpn: 'home', region: 'us-east-1', protocols, ssmAgent: 'latest' };
  const text = toUserData(pack, run, settings)
    .replace('{"region"', `{"imds":"${url}","endpoint_ssm":"${url}","region"`)
    .replace('"--ssm-agent","latest"', '"--without-ssm-agent","--without-kernel"');
  expect(text).toContain('--without-kernel');
  expect(Buffer.byteLength(text)).toBeLessThan(16_384);
  chroot.write('root/user-data', text, 0o755);
}

const asked = () => chroot.read('root/asked').trim().split('\n');
const said = () => {
  const name = `/perennial/home/bake/builders/${cloud.server.id}`;
  const value = cloud.world.parameters.get(name)?.versions.at(-1)?.value;
  return JSON.parse(value ?? 'null') as { good: boolean; sentence: string } | null;
};

test('parts of another bake are refused, said, and nothing is installed', async () => {
  putParts({ ...pack, text: pack.text.replace('A', 'B') });
  writeUserData();
  expect(await chroot.runAside('/root/user-data')).toMatchObject({ code: 1 });
  expect(said()).toEqual({
    good: false,
    sentence: 'The parts of image/ are of another bake; bake again.',
  });
  expect(asked()).toEqual(['shutdown -P +40', 'shutdown -P now']);
  expect(chroot.run('ls', `${home}/image`).code).toBe(2);
});

test(
  'it fetches image/, lays it, and reboots',
  async () => {
    putParts(pack);
    const { code, output } = await chroot.runAside('/root/user-data');
    expect(code, output).toBe(0);
    expect(output).toContain('Done: ');
    expect(asked().slice(2)).toEqual(['shutdown -P +40', 'reboot']);
    expect(chroot.run('systemctl', 'is-enabled', 'perennial-bake').output).toBe('enabled\n');
    expect(chroot.run('systemctl', 'is-enabled', 'perennial-agent').output).toBe('enabled\n');
    // Word for word.
    const compared = chroot.run(
      'diff',
      '-r',
      '-x',
      'README.md',
      '-x',
      'first.py',
      '/image',
      `${home}/image`,
    );
    expect(compared).toEqual({ code: 0, output: '' });
    const units = ['perennial-bake.service', 'perennial-agent.service'];
    expect(chroot.run('systemd-analyze', 'verify', '--man=no', ...units)).toEqual({
      code: 0,
      output: '',
    });
  },
  10 * minuteMs,
);

test('what fails after the reboot is said in a sentence, and the machine goes off', async () => {
  // There is no systemd that could start the agent.
  const { code, output } = await chroot.runAside(`${home}/image/bake/bake`, 'test');
  expect(code, output).toBe(1);
  expect(said()).toEqual({
    good: false,
    sentence: expect.stringMatching(/^systemctl failed with 1: .*not been booted with systemd/),
  });
  expect(asked().slice(4)).toEqual(['shutdown -P +15', 'shutdown -P now']);
  // Up to there all was as it should be.
  expect(output).toContain('Nothing would change.');
});
