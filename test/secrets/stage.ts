/** The packaged functions on a played AWS that is watched, with a person who asks the API and remembers what was shown. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../local/aws.ts';
import { toCall, toDirectClients } from '../../local/direct.ts';
import { makeToken, setPower } from '../../local/world-route.ts';
import { toHosts } from '../../shared/adapters/dyndns.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { readJournal } from '../../shared/documents/state.ts';
import { addHosts } from '../../shared/dyndns/hosts.ts';
import type { Login } from '../../shared/dyndns/login.ts';
import { runOsls } from '../compiled-template.ts';
import { cabin, home } from '../dyndns/house.ts';
import { slackSecret } from '../http/slack.ts';
import { type Evidence, gather } from './evidence.ts';
import type { Mark } from './marks.ts';

export interface Asking {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Null sends none. */
  token?: string | null;
  /** Whose secrets the answer is there to show; null if it shows everybody's. */
  shows?: string | null;
}

export interface SecretStage {
  aws: LocalAws;
  evidence: Evidence;
  /** What was shown, or made beforehand. */
  marks: Mark[];
  /** The status of every answer. */
  answers: number[];
  token: string;
  login: Login;
  ask: (asking: Asking) => Promise<{ status: number; text: string }>;
  /** The newest password of a user that was shown. */
  passwordOf: (user: string) => string;
  /** Waits until the loop says so, from now on; throws after so many minutes of the played world. */
  hear: (kind: Entry['kind'], why?: RegExp) => Promise<void>;
  /** Waits until it is so. */
  until: (what: string, isSo: () => boolean) => Promise<void>;
  stop: () => Promise<void>;
}

/** A password that somebody puts where none belongs. */
export const misplaced = 'mispl4ced-s3cret-of-somebody';

const speed = 60;
/** Of the played world: on a busy machine much of it goes by while a function starts. */
const waitMaxMs = 3 * 60 * 60_000;

/** With two homes, and passwords that grow old after a day. */
const perennialYml = [
  `home: ${home},${cabin}`,
  "rotateDays: '1'",
  "oldPasswordMinutes: '2'",
  '',
].join('\n');

/** A folder with the service as it would be deployed. */
export async function packageSecrets(): Promise<string> {
  const { code, output, files } = await runOsls('package', perennialYml);
  if (code !== 0) throw new Error(output);
  const packageDir = await mkdtemp(join(tmpdir(), 'perennial-secrets-'));
  await Promise.all([...files].map(([name, bytes]) => writeFile(join(packageDir, name), bytes)));
  return packageDir;
}

export async function setSecretStage(packageDir: string): Promise<SecretStage> {
  const evidence = gather();
  const aws = await startLocalAws({ packageDir, speed, port: 0, seed: 1, ...evidence.hooks });
  evidence.attach(aws);
  const { world, pump } = aws;
  const token = pump.change(() => {
    setPower(world, aws.config, 'off');
    const Name = '/perennial/home/slack-signing';
    world.call('ssm', 'PutParameter', { Name, Type: 'SecureString', Value: slackSecret });
    return makeToken(world, aws.config);
  });
  const store = toHosts(toDirectClients(toCall(world)), { vpn: 'home' });
  const allow: ['documentation'] = ['documentation'];
  const login = await addHosts(store, randomBytes, { hosts: [home, cabin], allow });
  const webhook = aws.slack.url.split('/').at(-1) ?? '';
  const marks: Mark[] = [
    { what: 'the token', secret: token },
    { what: 'the webhook', secret: webhook },
    { what: 'what Slack signs with', secret: slackSecret },
    { what: "the home's password", secret: login.password },
    { what: 'what is misplaced', secret: misplaced },
  ];
  const newest = new Map<string, string>();
  const answers: number[] = [];

  /** What an answer shows of the user becomes a mark, and belongs in that answer; a profile shows what is kept. */
  const take = (text: string, user: string | null): string[] => {
    const shown = toShown(JSON.parse(text)).filter((one) => user === null || one.user === user);
    for (const { user: whose, password, keys } of shown) {
      newest.set(whose, password);
      for (const secret of [password, ...keys])
        marks.push({ what: `a secret of ${whose}`, secret });
    }
    const kept = evidence.sealed.findLast(({ name }) => name === `users/${user}`);
    return shown.length
      ? shown.flatMap(({ password, keys }) => [password, ...keys])
      : toSecrets(kept?.value ?? '{}');
  };

  const ask: SecretStage['ask'] = async ({ method = 'GET', path, body, shows, ...asking }) => {
    const { headers = {}, token: bearer = token } = asking;
    const response = await fetch(`${aws.api.url}${path}`, {
      method,
      headers: {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const may = shows !== undefined && response.ok ? take(text, shows) : [];
    // Who is refused may be told what they have sent, and nobody else.
    const sent = `${path} ${JSON.stringify(body)}`;
    const echo = marks.map(({ secret }) => secret).filter((secret) => sent.includes(secret));
    evidence.add(`the answer to ${method} ${path}`, text, [...may, ...echo]);
    evidence.add('headers of an answer', JSON.stringify([...response.headers]));
    answers.push(response.status);
    return { status: response.status, text };
  };

  const until: SecretStage['until'] = (what, isSo) =>
    new Promise((resolve, reject) => {
      const deadline = world.timers.now + waitMaxMs;
      let isOver = false;
      const look = () => {
        if (isOver) return;
        if (isSo()) resolve();
        else if (world.timers.now < deadline) return;
        else reject(new Error(`${what}: not within ${waitMaxMs / 60_000} minutes`));
        isOver = true;
      };
      // Something happens every minute at the latest.
      world.onEvent(look);
      look();
    });

  const entries = () =>
    readJournal(world.parameters.get('/perennial/home/state/journal')?.versions.at(-1)?.value)
      .entries;
  return {
    aws,
    evidence,
    marks,
    answers,
    token,
    login,
    ask,
    until,
    hear(kind, why = /./) {
      const from = world.timers.now;
      const isIt = (entry: Entry) =>
        entry.kind === kind && entry.at >= from && why.test('why' in entry ? entry.why : '');
      return until(`${kind} ${why}`, () => entries().some(isIt));
    },
    passwordOf: (user) => newest.get(user) ?? '',
    stop: () => aws.stop(),
  };
}

export async function removePackage(packageDir: string): Promise<void> {
  await rm(packageDir, { recursive: true });
}

/** With those that were never shown: a rotation's on schedule, the servers' key. */
export function toAllMarks({ marks, evidence }: SecretStage): Mark[] {
  const sealed = evidence.sealed.flatMap(({ name, value }) =>
    /^\{.*\}$/.test(value) ? toSecrets(value).map((secret) => ({ what: name, secret })) : [],
  );
  return [...marks, ...sealed];
}

/** What is secret in the value of a parameter. */
function toSecrets(value: string): string[] {
  const { password, presharedKey, privateKey } = JSON.parse(value) as Record<string, string | null>;
  return [password, presharedKey, privateKey].filter((one) => typeof one === 'string');
}

interface ShownView {
  user: string;
  password: string;
  keys: string[];
}

/** Of one user, or of many in `rotated`. */
function toShown(answer: unknown): ShownView[] {
  const { rotated, user, password, wireguard } = answer as {
    rotated?: unknown[];
    user?: string;
    password?: string;
    wireguard?: { privateKey: string | null; presharedKey: string } | null;
  };
  if (rotated) return rotated.flatMap(toShown);
  if (!user || !password) return [];
  const { privateKey = null, presharedKey = null } = wireguard ?? {};
  return [{ user, password, keys: [privateKey, presharedKey].filter((key) => key !== null) }];
}
