/** Who logs in by a chap-secrets, and which lines let nobody in: as pppd's scan of the file has it. */
import { describe, expect, it, test } from 'vitest';
import { toLogins } from '../../scripts/vpn/adopt/chap-secrets.ts';

const login = (text: string) =>
  toLogins(text, 'pptpd').logins.map(({ user, password }) => [user, password]);
const leftOf = (text: string) => toLogins(text, 'pptpd').left;

describe('a user logs in', () => {
  test.each<[why: string, text: string, logins: string[][]]>([
    ['by name', 'ann pptpd secret *', [['ann', 'secret']]],
    ['at any server', 'ann * secret *', [['ann', 'secret']]],
    ['by the first of equal lines', 'ann * one *\nann * two *', [['ann', 'one']]],
    ['by the line for this server', 'ann * one *\nann pptpd two *', [['ann', 'two']]],
    ['with a fixed address', 'ann pptpd secret 10.40.1.21', [['ann', 'secret']]],
    ['with an empty password, which has to be said', 'ann pptpd "" *', [['ann', '']]],
    ['whatever else is on the line', 'ann pptpd secret * -- mtu 1400', [['ann', 'secret']]],
    ['by everybody’s password if that is for this server', '* pptpd all *\nann * own *', []],
    ['by their own if it is too', '* pptpd all *\nann pptpd own *', [['ann', 'own']]],
  ])('%s', (_, text, logins) => {
    expect(login(text)).toEqual(logins);
  });
});

describe('nobody is taken from', () => {
  test.each<[text: string, why: string]>([
    ['ann pptpd', 'it has fewer than three words'],
    ['ann pptpd secret', 'without a fourth word pppd lets nobody in by it'],
    ['ann pptpd secret -- mtu 1400', 'without a fourth word pppd lets nobody in by it'],
    ['ann pptpd secret -', 'it allows no address'],
    ['ann pptpd @/etc/secret *', 'its password stands in another file'],
    ['ann work secret *', 'it is not for the server "pptpd"'],
    ['* pptpd secret *', 'one password for whoever comes: here each user has their own'],
    ['ann pptpd "secret *', 'a quotation in it is not closed, and takes in all that stands below'],
  ])('%s', (text, why) => {
    expect(login(text)).toEqual([]);
    expect(leftOf(text)).toEqual([{ line: 1, why }]);
  });

  it('a line that another goes before', () => {
    expect(leftOf('ann * one *\nann pptpd two *')).toEqual([
      { line: 1, why: 'another line goes before it' },
    ]);
  });
});

it('never tells a secret of what it leaves', () => {
  const text = 'ann pptpd sEcret1\n* pptpd sEcret2 *\nann work sEcret3 *\nbob pptpd "sEcret4 *';
  expect(JSON.stringify(leftOf(text))).not.toContain('sEcret');
});

it('has addresses and options of each', () => {
  const text = 'ann pptpd secret 10.40.1.21 10.40.1.22 -- mtu 1400\nbob pptpd secret * --\n';
  expect(toLogins(text, 'pptpd').logins).toMatchObject([
    { user: 'ann', line: 1, addresses: ['10.40.1.21', '10.40.1.22'], options: ['mtu', '1400'] },
    { user: 'bob', line: 2, addresses: [], options: [] },
  ]);
});
