/** wg-quick takes the files that people get, and its kill switch holds where the routes alone would leak. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systems, toProfile } from '../../shared/users/profiles.ts';
import { readBlocks } from '../docs/blocks.ts';
import { ann, home } from './ann.ts';
import { type Machine, makeMachine, report, send, suites, toCounts, watch } from './machine.ts';

const toConf = (killSwitch: boolean, system: (typeof systems)[number] = 'ubuntu') =>
  toProfile(system, ann, { ...home, killSwitch }).files[0]?.content ?? '';

describe.each(suites)('on Debian %s', (suite) => {
  let machine: Machine;
  beforeAll(() => {
    machine = makeMachine(suite);
  });
  afterAll(() => machine.remove());

  test.each(systems)('wg-quick and wg read the file for %s', (system) => {
    machine.write('etc/wireguard/home.conf', toConf(true, system));
    const { code, output } = machine.run(
      'ip link add home type wireguard 2> /dev/null || wireguard-go home 2> /dev/null',
      'wg-quick strip home > stripped',
      'wg setconf home stripped',
      'wg show home endpoints',
      'wg show home allowed-ips',
    );
    expect(output).toContain('198.51.100.9:51820\n');
    expect(output).toContain('0.0.0.0/0 ::/0\n');
    expect(code).toBe(0);
  });

  /** What a router hands out, or somebody else in the café: wg-quick lets all but default routes of others be. */
  const leak = 'ip route add 203.0.113.0/24 via 192.0.2.254';
  const plain = { plain: 'udp dport 443' };

  test.each([
    { killSwitch: false, counted: [{ plain: 0 }, { plain: 1 }, { plain: 1 }] },
    { killSwitch: true, counted: [{ plain: 0 }, { plain: 0 }, { plain: 1 }] },
  ])('what leaves beside it with kill switch $killSwitch', ({ killSwitch, counted }) => {
    machine.write('etc/wireguard/home.conf', toConf(killSwitch));
    const { code, output } = machine.run(
      ...watch('watched', plain),
      'wg-quick up home',
      send('udp', '203.0.113.5', 443),
      report('watched'),
      leak,
      send('udp', '203.0.113.5', 443),
      report('watched'),
      'wg-quick down home',
      send('udp', '203.0.113.5', 443),
      report('watched'),
    );
    expect(toCounts(output), output).toEqual(counted);
    expect(code).toBe(0);
  });

  test('nor does any IPv6', () => {
    machine.write('etc/wireguard/home.conf', toConf(true));
    const { output } = machine.run(
      ...watch('watched', plain),
      'wg-quick up home',
      'ip -6 route add 2001:db8:1::/48 via 2001:db8::fe dev outside',
      send('udp', '2001:db8:1::5', 443),
      report('watched'),
      'wg-quick down home',
      send('udp', '2001:db8:1::5', 443),
      report('watched'),
    );
    expect(toCounts(output), output).toEqual([{ plain: 0 }, { plain: 1 }]);
  });

  test('a long name of a VPN still makes a tunnel', () => {
    const vpn = 'a-home-with-20-chars';
    const [file] = toProfile('ubuntu', ann, { ...home, vpn }).files;
    machine.write(`etc/wireguard/${file?.name}`, file?.content ?? '');
    const { code, output } = machine.run('wg-quick up a-home-with-20-', 'wg show interfaces');
    expect(output).toMatch(/^a-home-with-20-$/m);
    expect(code).toBe(0);
  });

  test('systemd reads the units that start a dead tunnel anew, and their shell its line', () => {
    const units = readBlocks('ubuntu').filter(({ file }) => file?.startsWith('home-again.'));
    for (const { file, text } of units) machine.write(`etc/systemd/system/${file}`, text);
    const [line = ''] = units[0]?.text.match(/(?<=^ExecStart=).*/m) ?? [];
    machine.write('etc/wireguard/home.conf', toConf(false));
    const { code, output } = machine.run(
      'systemd-analyze verify home-again.timer home-again.service 2>&1',
      'wg-quick up home 2> /dev/null',
      'systemctl() { echo would "$@"; }',
      'export -f systemctl',
      line.replace('/bin/sh', 'bash').replaceAll('$$', '$').replaceAll('%%', '%'),
    );
    expect(units).toHaveLength(2);
    expect(output).toBe('would restart wg-quick@home\n');
    expect(code).toBe(0);
  });
});
