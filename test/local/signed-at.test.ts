/** A client whose clock is more than five minutes off is refused, and told why. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, expect, test } from 'vitest';
import { type Door, openDoor } from '../../local/door.ts';

const minuteMs = 60_000;
let door: Door;
afterEach(() => door.close());

test.each([
  [0, null],
  [4 * minuteMs, null],
  [-4 * minuteMs, null],
  [60 * minuteMs, /^Signature not yet current: \d{8}T\d{6}Z is still later than .* \+ 5 min\.\)$/],
  [-60 * minuteMs, /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/],
])('%i ms', async (systemClockOffset, message) => {
  door = await openDoor({ call: () => ({ Parameter: { Value: 'x' } }), now: Date.now });
  const client = new SSMClient({
    region: 'us-east-1',
    endpoint: door.url,
    credentials: { accessKeyId: 'AKIA1', secretAccessKey: 'x' },
    systemClockOffset,
    maxAttempts: 1,
  });
  const asked = client.send(new GetParameterCommand({ Name: '/a' }));
  if (message)
    await expect(asked).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(message),
    });
  else expect(await asked).toMatchObject({ Parameter: { Value: 'x' } });
});
