/** What Slack sends when somebody types a slash command, signed as Slack signs it. */
import { createHmac } from 'node:crypto';

/** Of Slack's own example: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5';

export interface Typed {
  /** Behind the command's name. */
  text: string;
  /** Epoch milliseconds. */
  at: number;
  user?: string;
  secret?: string;
}

/** The form, and the headers that go with it. */
export function toCommand({ text, at, user = 'U2CERLKJA', secret = slackSecret }: Typed) {
  const form = new URLSearchParams({
    token: 'xyzz0WbapA4vBCDEFasx0q6G',
    team_id: 'T1DC2JH3J',
    channel_id: 'G8PSS9T3V',
    user_id: user,
    user_name: 'roadrunner',
    command: '/vpn',
    text,
    response_url: 'https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rGlfmibIGl',
  });
  const body = String(form);
  const timestamp = String(Math.floor(at / 1_000));
  const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${hash}`,
  };
  return { body, headers };
}
