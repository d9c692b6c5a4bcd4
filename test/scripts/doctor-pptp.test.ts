/** PPTP's start reply, as a real pptpd sends it, as RFC 2637 lets others send it, and all else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStartReply, toStartRequest } from '../../scripts/vpn/doctor/pptp.ts';

const folder = join(import.meta.dirname, '../fixtures/pptp');
const recorded = Buffer.from(
  readFileSync(join(folder, 'start-reply.hex'), 'utf8').replaceAll('\n', ''),
  'hex',
);

/** The recorded reply with other bytes at a place. */
const changed = (at: number, ...bytes: number[]) => {
  const copy = Buffer.from(recorded);
  copy.set(bytes, at);
  return copy;
};

test('the request is as RFC 2637, section 2.1, has it', () => {
  const request = toStartRequest('doctor');
  expect(request.toString('hex', 0, 28)).toBe(
    // Length 156, control message, magic cookie, type 1, reserved; version 1.0, reserved; framing, bearer; channels, firmware.
    '009c00011a2b3c4d00010000' + '01000000' + '0000000300000003' + '00000000',
  );
  expect(request.toString('latin1', 28)).toBe(`doctor${'\0'.repeat(58)}${'\0'.repeat(64)}`);
  expect(request).toHaveLength(156);
  expect(toStartRequest('x'.repeat(100)).toString('latin1', 28, 92)).toBe('x'.repeat(64));
});

test("Debian's pptpd accepts", () => {
  expect(readStartReply(recorded)).toEqual({
    kind: 'accepted',
    reply: { version: '1.0', hostName: 'local', vendor: 'linux' },
  });
});

test('what comes behind the reply is left alone', () => {
  expect(readStartReply(Buffer.concat([recorded, Buffer.from('more')])).kind).toBe('accepted');
});

test.each([
  [2, 'it has a general error'],
  [3, 'it has a control connection with this machine already'],
  [4, 'it does not allow this machine to connect'],
  [5, 'it does not speak version 1.0 of PPTP'],
  [0, 'it answers with the result 0, which nobody has defined'],
])('a refusal with the result %s says why', (result, why) => {
  expect(readStartReply(changed(14, result))).toEqual({ kind: 'refused', why });
});

test.each([
  ['an SSH server', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), 'its length is 0x5353, not 0x9c'],
  ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'its length is 0x4854, not 0x9c'],
  ['one byte of a stranger', Buffer.from([0x16]), 'its length is 0x16, not 0x9c'],
  [
    'a wrong cookie',
    changed(4, 0x1a, 0x2b, 0x3c, 0x4e),
    'its magic cookie is 0x1a2b3c4e, not 0x1a2b3c4d',
  ],
  ['an echo of our own request', toStartRequest('x'), 'its control type is 0x1, not 0x2'],
])('%s is no PPTP', (_, bytes, why) => {
  expect(readStartReply(bytes)).toEqual({ kind: 'foreign', why });
});

test('a name is cut at its first zero, and shows nothing that a terminal would obey', () => {
  const read = readStartReply(changed(28, 0x1b, 0x5b, 0x32, 0x4a, 0xff, 0));
  expect(read).toMatchObject({ reply: { hostName: '?[2J?' } });
  const whole = changed(28, ...Array.from({ length: 64 }, () => 0x61));
  expect(readStartReply(whole)).toMatchObject({ reply: { hostName: 'a'.repeat(64) } });
});

test('however few bytes of it have come, it is waited for the rest', () => {
  for (let length = 0; length < recorded.length; length++)
    expect(readStartReply(recorded.subarray(0, length))).toEqual({ kind: 'incomplete' });
});

test('whatever comes, it is read without a fault, and never taken for a reply', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(['incomplete', 'foreign']).toContain(readStartReply(bytes).kind);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const isSame = recorded[at] === byte;
      expect(readStartReply(changed(at, byte)).kind).toBe(isSame ? 'accepted' : 'foreign');
    }),
  );
});
