/** The Slack webhook, which is a secret: typed unseen or read from a file, and kept where only the telling reads it. */
import { readFileSync } from 'node:fs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Webhook } from '../../../shared/tell/webhook.ts';
import type { Asking } from '../asking.ts';
import type { Options } from '../aws.ts';
import { Usage } from '../trouble.ts';

/** Null if nobody wants to be told. */
export async function readWebhook(
  file: string | undefined,
  asking: Asking,
): Promise<string | null> {
  const text = file
    ? readFileSync(file === '-' ? 0 : file, 'utf8')
    : await asking.secret('URL of a Slack webhook, to be told what happens (empty for none)');
  const webhook = Webhook.parse(text);
  if (webhook && !webhook.open())
    throw new Usage(
      'That is no webhook: it is an address like https://hooks.slack.com/services/….',
    );
  return webhook && text.trim();
}

/** Before the deployment or after it: Parameter Store does not mind. */
export async function keepWebhook(options: Options, vpn: string, Value: string): Promise<void> {
  const Name = `/perennial/${vpn}/slack`;
  const client = new SSMClient(options);
  await client.send(
    new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }),
  );
}
