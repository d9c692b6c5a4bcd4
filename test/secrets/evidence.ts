/** Gathers everything that leaves the functions and the servers of a played AWS, less the secrets that belong there. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Exchange, Outcome } from '../../local/answer.ts';
import type { LocalAws, LocalOptions } from '../../local/aws.ts';
import type { AwsFault } from '../../local/fault.ts';
import { readSession } from '../../local/iam/session.ts';
import type { Call } from '../../local/wire/messages.ts';
import type { ServiceName } from '../../local/world.ts';
import type { Find } from './marks.ts';

interface Piece {
  where: string;
  text: string;
  /** Secrets that belong there. */
  may: readonly string[];
}

/** What a call meets in place of its answer; null for nothing. */
type Ambush = (service: ServiceName, operation: string, input: object) => AwsFault | null;

export interface Evidence {
  /** To start the played AWS with. */
  hooks: Required<Pick<LocalOptions, 'onLog' | 'onFailed' | 'onCall'>>;
  attach: (aws: LocalAws) => void;
  add: (where: string, text: string, may?: readonly string[]) => void;
  /** From now on; its faults may quote secrets, as AWS's own might. */
  setAmbush: (ambush: Ambush) => void;
  /** What somebody has read that was encrypted, like "perennial-TellRole slack". */
  readonly decrypted: Set<string>;
  /** Everything that was ever written as a SecureString, by its parameter's name without the VPN's. */
  readonly sealed: { name: string; value: string }[];
  /** How many pieces there are, by where they come from. */
  count: () => Map<string, number>;
  leaks: (find: Find) => string[];
}

const root = '/perennial/home/';

/** Who may read what is encrypted, after docs/security.md. */
const readers: Record<string, RegExp> = {
  'perennial-ServerRole': /^(users|keys)\//,
  'perennial-ProfileRole': /^users\//,
  'perennial-TellRole': /^slack$/,
  'perennial-ApiRole': /^slack-signing$/,
};
const secret = /^(users\/.+|keys\/.+|slack|slack-signing)$/;

export function gather(): Evidence {
  const pieces: Piece[] = [];
  const decrypted: Evidence['decrypted'] = new Set();
  const sealed: Evidence['sealed'] = [];
  const quoting = new WeakSet<AwsFault>();
  let ambush: Ambush = () => null;

  const add: Evidence['add'] = (where, text, may = []) => pieces.push({ where, text, may });
  const toRole = (accessKeyId: string) => readSession(accessKeyId)?.roleName ?? 'a person';
  const onCall = (call: Call | null, outcome: Outcome, { request, response }: Exchange) => {
    const role = toRole(call?.accessKeyId ?? '');
    const { path, query, headers } = request;
    const asked = withoutValues(Buffer.from(request.body).toString(), () => true);
    add('a request to AWS', `${path}?${query.toString()} ${JSON.stringify(headers)} ${asked}`);
    if (outcome.kind === 'refused' && quoting.has(outcome.fault)) return;
    const answered = withoutValues(response.body, (name) => readers[role]?.test(name) ?? false);
    add('an answer of AWS', `${JSON.stringify(response.headers)} ${answered}`);
  };

  /** The servers' calls don't go through the door, so all are looked at behind it. */
  const attach = ({ world, door, api, slack }: LocalAws) => {
    const call = world.call.bind(world);
    world.call = (service, operation, input, accessKeyId = '') => {
      const role = toRole(accessKeyId);
      note(operation, input);
      add(
        `what ${role} asks`,
        withoutValues(JSON.stringify(input), () => true),
      );
      const fault = ambush(service, operation, input);
      if (fault) {
        quoting.add(fault);
        throw fault;
      }
      const output = call(service, operation, input, accessKeyId);
      const isReader = (name: string) => {
        decrypted.add(`${role} ${name.replace(/\/.*/, '')}`);
        return readers[role]?.test(name) ?? false;
      };
      add(`what ${role} is answered`, withoutValues(JSON.stringify(output), isReader));
      return output;
    };
    world.onEvent((event) => add('an event', JSON.stringify(event)));
    slack.onMessage((message) => add('a message to Slack', JSON.stringify(message)));
    add('an address', `${door.url} ${api.url}`);
  };
  const note = (operation: string, input: object) => {
    const { Name = '', Value = '' } = input as { Name?: string; Value?: string };
    const name = Name.replace(root, '');
    if (operation === 'PutParameter' && secret.test(name)) sealed.push({ name, value: Value });
  };

  return {
    hooks: {
      onLog: (line) => add('a line of a log', line),
      onFailed: (record) => add('a failed event', JSON.stringify(record)),
      onCall,
    },
    attach,
    add,
    setAmbush(next) {
      ambush = next;
    },
    decrypted,
    sealed,
    count() {
      const counts = new Map<string, number>();
      for (const { where } of pieces) counts.set(where, (counts.get(where) ?? 0) + 1);
      return counts;
    },
    leaks: (find) =>
      pieces.flatMap(({ where, text, may }) =>
        find(text, may).map((what) => `${where} has ${what}`),
      ),
  };
}

interface ParameterLike {
  Name?: string;
  Type?: string;
  Value?: string;
}

/** JSON without the values of those secrets that belong there; anything else as it is. */
function withoutValues(text: string, belongs: (name: string) => boolean): string {
  if (!text.startsWith('{')) return text;
  return JSON.stringify(JSON.parse(text), (_, value: unknown) => {
    const { Name = '', Value } = (value ?? {}) as ParameterLike;
    const name = Name.replace(root, '').replace(/:\d+$/, '');
    const isOpen = typeof Value === 'string' && secret.test(name) && !Value.startsWith('sealed:');
    return isOpen && belongs(name) ? { ...(value as object), Value: '' } : value;
  });
}

/** What lies about in the played AWS: all but the encrypted values. */
export function lookAround(evidence: Evidence, { world }: LocalAws): void {
  for (const [name, { type, versions }] of world.parameters)
    for (const { value, description } of versions) {
      if (type !== 'SecureString') evidence.add('a parameter', `${name} ${value}`);
      evidence.add('a description', `${name} ${description}`);
    }
  for (const kind of [
    'instances',
    'templates',
    'spotRequests',
    'volumes',
    'tokens',
    'documents',
    'commands',
    'zones',
    'changes',
    'roles',
  ] as const)
    for (const one of world[kind].values()) evidence.add(`one of the ${kind}`, toText(one));
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (one instanceof Map ? [...one] : one));
}

/** The environment and the command line of every function that runs just now. */
export function lookAtProcesses(evidence: Evidence): void {
  for (const { environment, command } of toProcesses()) {
    evidence.add('an environment', environment);
    evidence.add('a command line', command);
  }
}

export interface Process {
  pid: number;
  environment: string;
  command: string;
}

/** Those that this one has started, and that have an environment of Lambda's. */
export function toProcesses(): Process[] {
  const pids = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return pids.flatMap((pid) => {
    try {
      const [environment, command] = ['environ', 'cmdline'].map((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'utf8'),
      );
      if (!environment?.includes('AWS_LAMBDA_FUNCTION_NAME=')) return [];
      return [{ pid: Number(pid), environment, command: command ?? '' }];
    } catch (error) {
      // One that has just ended.
      if (/ENOENT|ESRCH/.test(String(error))) return [];
      throw error;
    }
  });
}
