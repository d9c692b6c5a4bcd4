/** What those do who are no users: Slack, homes, and whoever puts a secret in the wrong place. */
import { AwsFault } from '../../local/fault.ts';
import { home } from '../dyndns/house.ts';
import { slackSecret, type Typed, toCommand } from '../http/slack.ts';
import { misplaced, type SecretStage } from './stage.ts';

/** Signed rightly, wrongly, too late, twice, with the secret in place of the signature, and while AWS refuses. */
export async function typeCommands(stage: SecretStage): Promise<void> {
  const { ask, aws, evidence } = stage;
  const type = (typed: Pick<Typed, 'text'> & Partial<Typed>, headers = {}) => {
    const command = toCommand({ at: aws.clock.now(), ...typed });
    return ask({
      method: 'POST',
      path: '/slack/command',
      token: null,
      body: command.body,
      headers: { ...command.headers, ...headers },
    });
  };
  for (const text of ['status', 'rotate dave', 'rotate', 'rotate nobody', misplaced])
    await type({ text });
  await type({ text: 'status', secret: misplaced });
  await type({ text: 'status', at: aws.clock.now() - 10 * 60_000 });
  const at = aws.clock.now();
  for (let times = 0; times < 2; times++) await type({ text: 'help', at });
  await type({ text: 'status' }, { 'x-slack-signature': `v0=${slackSecret}` });
  for (const code of ['ThrottlingException', 'AccessDeniedException']) {
    evidence.setAmbush((_, operation, input) => {
      const words = JSON.stringify(input);
      return operation === 'GetParameter' && words.includes('/slack-signing')
        ? new AwsFault(code, `Value '${words}' is not taken`, 400)
        : null;
    });
    await type({ text: 'status' });
  }
  evidence.setAmbush(() => null);
}

export async function moveHomes({ ask, login, aws }: SecretStage): Promise<void> {
  const toBasic = (password: string) =>
    `Basic ${Buffer.from(`${login.user}:${password}`).toString('base64')}`;
  const update = (query: string, authorization: string) =>
    ask({ path: `/nic/update?${query}`, token: null, headers: { authorization } });
  const right = toBasic(login.password);
  await update(`hostname=${home}&myip=203.0.113.7`, right);
  await update(`hostname=${home}&myip=203.0.113.7`, right);
  await update(`hostname=${home}&myip=nonsense`, right);
  await update(`hostname=${home}&myip=203.0.113.8`, toBasic(misplaced));
  await update(`hostname=${misplaced}&myip=203.0.113.8&password=${misplaced}`, right);
  await update(`hostname=${home}`, '');
  aws.world.setFaults((service) =>
    service === 'route53' ? new AwsFault('InternalError', 'out', 500) : null,
  );
  await update(`hostname=${home}&myip=203.0.113.9`, right);
  aws.world.setFaults(() => null);
}

/** Passwords in the wrong places, and tokens that are none: of those an owner mistypes, most is right. */
export async function askWrongly({ ask, token }: SecretStage): Promise<void> {
  await ask({ path: `/users/${misplaced}`, method: 'DELETE' });
  await ask({ path: `/status?${misplaced}=1` });
  await ask({ path: `/status?token=${token}`, token: null });
  await ask({ path: `/${token}`, token: null });
  for (const body of [
    `"${misplaced}"`,
    { name: misplaced },
    { name: 'erin', publicKey: misplaced },
    { name: 'erin', password: misplaced },
    { [misplaced]: true },
    { name: 'erin', expires: misplaced },
    `{"name": "${misplaced}`,
  ])
    await ask({ method: 'POST', path: '/users', body });
  await ask({
    method: 'POST',
    path: '/users',
    body: { name: 'erin' },
    headers: { 'idempotency-key': `${misplaced}!` },
  });
  await ask({ method: 'POST', path: '/users/ann/rotate', body: { graceMinutes: misplaced } });
  await ask({ method: 'PUT', path: '/schedule', body: { timeZone: misplaced, on: misplaced } });
  for (let tries = 0; tries < 6; tries++)
    await ask({ path: '/users', token: `${token.slice(0, -1)}${tries}` });
}
