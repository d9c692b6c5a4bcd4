/** Run Command's answers: sent, refused with its reason, or not known. */
import { expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toCommands } from '../../shared/adapters/commands.ts';
import { policy } from '../core/scene.ts';
import { answering } from './answering.ts';

const serverId = 'i-0123456789abcdef0';
const refusing = (code: string, status: number) =>
  answering(() => {
    throw new AwsFault(code, 'because', status);
  });

test('a command says whom and how long, and nothing else', async () => {
  const aws = answering(() => ({ Command: { CommandId: 'c' } }));
  const { applySecrets } = toCommands(aws.clients, { policy });
  expect(await applySecrets(serverId)).toEqual({ kind: 'sent', commandId: 'c' });
  expect(aws.asked).toEqual([
    {
      operation: 'SendCommand',
      input: {
        DocumentName: 'Perennial-ApplySecrets-home',
        InstanceIds: [serverId],
        TimeoutSeconds: 60,
      },
    },
  ]);
});

test.each(['InvalidInstanceId', 'InvalidDocument', 'AccessDeniedException'])(
  '%s is an answer',
  async (code) => {
    const { applySecrets } = toCommands(refusing(code, 400).clients, { policy });
    expect(await applySecrets(serverId)).toEqual({ kind: 'refused', code, message: 'because' });
  },
);

test('after throttling the SDK tries again, and then it is an answer too', async () => {
  const aws = refusing('ThrottlingException', 400);
  const { applySecrets } = toCommands(aws.clients, { policy });
  expect(await applySecrets(serverId)).toMatchObject({ code: 'ThrottlingException' });
  expect(aws.asked.length).toBeGreaterThan(1);
});

test("a fault of AWS's own is thrown: nobody knows whether the command was sent", async () => {
  const { applySecrets } = toCommands(refusing('InternalServerError', 500).clients, { policy });
  await expect(applySecrets(serverId)).rejects.toMatchObject({ name: 'InternalServerError' });
});

test('an answer without an id is none', async () => {
  const { applySecrets } = toCommands(answering(() => ({})).clients, { policy });
  await expect(applySecrets(serverId)).rejects.toThrow('AWS answered without CommandId');
});
