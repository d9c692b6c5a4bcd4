/** Systems Manager's Run Command: tells a server to apply its secrets, and never what they are. */
import { SendCommandCommand, SSMServiceException } from '@aws-sdk/client-ssm';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import { must } from './answers.ts';
import type { Clients } from './clients.ts';

/** A server that hears of it later than this is told again anyway. Systems Manager's own least is 30. */
const deliverySecondsMax = 60;

export function toCommands(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: Pick<Config, 'policy'>,
): Ports['commands'] {
  return {
    async applySecrets(serverId) {
      try {
        const { Command } = await ssm.send(
          new SendCommandCommand({
            DocumentName: `Perennial-ApplySecrets-${policy.vpn}`,
            InstanceIds: [serverId],
            TimeoutSeconds: deliverySecondsMax,
          }),
        );
        return { kind: 'sent', commandId: must(Command?.CommandId, 'CommandId') };
      } catch (error) {
        // Of a fault of AWS's own nobody can say whether the command was sent.
        if (!(error instanceof SSMServiceException) || error.$fault === 'server') throw error;
        return { kind: 'refused', code: error.name, message: error.message };
      }
    },
  };
}
