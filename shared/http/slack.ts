/** The slash command of Slack: lets in what the workspace's own app has signed, once, and answers who typed it. */
import { createHash } from 'node:crypto';
import type { AccessPorts, SlackPorts } from '../api-ports.ts';
import { requestKeptMs } from '../core/limits.ts';
import { Problem } from './problem.ts';
import type { Route } from './service.ts';
import { type CommandNeeds, obey } from './slack/command.ts';
import { isSigned, isTimely, type Signed } from './slack/signature.ts';

export interface SlackNeeds extends CommandNeeds {
  ports: CommandNeeds['ports'] & SlackPorts & Pick<AccessPorts, 'requests'>;
  /** Slack's ids of who may; empty for everybody in the workspace. */
  allowed: string[];
}

export function toSlackRoutes(needs: SlackNeeds): Route[] {
  return [
    {
      method: 'POST',
      path: '/slack/command',
      open: true,
      takes: 'form',
      async handle({ headers, body, now }) {
        const signed = toSigned(headers, body as Buffer);
        const text = await answer(needs, signed, now);
        // Nobody else in the channel sees it.
        return { status: 200, body: { response_type: 'ephemeral', text } };
      },
    },
  ];
}

async function answer(needs: SlackNeeds, signed: Signed, now: number): Promise<string> {
  const { ports, policy, allowed } = needs;
  if (!isTimely(signed, now))
    throw refuse('The signature is more than five minutes old, or ahead.');
  const secret = await ports.slack.signingSecret();
  // Slack shows a person only what comes with 200, and nothing is done or told here.
  if (!secret)
    return `The slash command is not set up: put your Slack app's signing secret into the SecureString /perennial/${policy.vpn}/slack-signing.`;
  if (!isSigned(secret, signed)) throw refuse("It is not signed with your Slack app's secret.");
  await admitOnce(ports.requests, signed, now);
  const form = new URLSearchParams(signed.body.toString());
  const user = form.get('user_id') ?? '';
  if (allowed.length && !allowed.includes(user))
    return `You may not. Whoever has deployed this VPN can add ${toId(user)} to slackUsers in perennial.yml.`;
  return obey(needs, form.get('text') ?? '');
}

function toSigned(headers: Record<string, string | undefined>, body: Buffer): Signed {
  const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
  if (!signature || !timestamp) throw refuse('Only Slack may ask here, and it signs its requests.');
  return { signature, timestamp, body };
}

/** Whoever has recorded a request can't send it again while its signature holds. */
async function admitOnce(
  requests: AccessPorts['requests'],
  { signature }: Signed,
  now: number,
): Promise<void> {
  const id = createHash('sha256').update(signature).digest('hex').slice(0, 32);
  const known = await requests.claim(id, { at: now, asked: 'slack', done: true });
  if (known) throw new Problem(409, 'This very request came before: type the command again.');
  await requests.sweep(now - requestKeptMs);
}

function refuse(detail: string): Problem {
  return new Problem(401, detail, { headers: { 'www-authenticate': 'Slack realm="perennial"' } });
}

function toId(user: string): string {
  return /^[A-Z0-9]{1,21}$/.test(user) ? user : 'your member id';
}
