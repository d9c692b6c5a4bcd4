/** The secret that Slack signs its requests with, from Parameter Store. */
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { SlackPorts } from '../api-ports.ts';
import type { Config } from '../config.ts';
import { isCode } from './answers.ts';
import type { Clients } from './clients.ts';

/** Slack's have 32 characters; what is much shorter, "none" among it, could be guessed. */
const charsMin = 20;

export function toSlack(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: Pick<Config, 'policy'>,
): SlackPorts['slack'] {
  const Name = `/perennial/${policy.vpn}/slack-signing`;
  return {
    async signingSecret() {
      try {
        const command = new GetParameterCommand({ Name, WithDecryption: true });
        const secret = (await ssm.send(command)).Parameter?.Value?.trim() ?? '';
        return secret.length < charsMin ? null : secret;
      } catch (error) {
        if (isCode(error, 'ParameterNotFound')) return null;
        throw error;
      }
    },
  };
}
