/** Tells what happens on the played AWS as it happens: what the loop writes down, and what only AWS knows. */
import { styleText } from 'node:util';
import type { LocalAws } from '../local/aws.ts';
import type { AwsEvent, Occurrence } from '../local/world.ts';
import { toIdentity } from '../shared/core/journal.ts';
import { toGap } from '../shared/core/words.ts';
import { readJournal } from '../shared/documents/state.ts';

export interface Line {
  /** Epoch milliseconds of the world's time. */
  at: number;
  who: 'AWS' | 'loop' | 'server' | 'Slack' | 'you';
  what: string;
}

/** One line for the terminal: minutes and seconds since `from`, who, what. */
export function toLineText({ at, who, what }: Line, from: number): string {
  const seconds = Math.max(0, Math.round((at - from) / 1_000));
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const color = {
    AWS: 'yellow',
    loop: 'cyan',
    server: 'green',
    Slack: 'blue',
    you: 'magenta',
  } as const;
  const indented = what.replaceAll('\n', `\n${' '.repeat('mmm:ss  server  '.length)}`);
  return `${time.padStart(6)}  ${styleText(color[who], who.padEnd(6))}  ${indented}`;
}

/** A number given on the command line. Throws an Error that names the option and its bounds. */
export function toNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() && value >= min && value <= max) return value;
  throw new Error(`--${option} is a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}

/** From now on every line goes to `tell`, in the order things happen. */
export function follow({ world, config, slack }: LocalAws, tell: (line: Line) => void): void {
  const journalName = `/perennial/${config.policy.vpn}/state/journal`;
  const told = new Set<string>();
  const say = (who: Line['who'], what: string) => tell({ at: world.timers.now, who, what });

  world.onEvent((event) => {
    const what = toWords(event);
    if (what) say('AWS', what);
    if (event.detail.name !== journalName) return;
    const { entries } = readJournal(world.parameters.get(journalName)?.versions.at(-1)?.value);
    for (const entry of entries) {
      if (!told.has(toIdentity(entry))) say('loop', entry.why);
      told.add(toIdentity(entry));
    }
  });
  // The link to the dashboard is the same in each.
  slack.onMessage(({ text }) => say('Slack', text.replace(/\nDashboard: .*$/, '')));
  world.onOccurrence((occurrence) => {
    switch (occurrence.kind) {
      case 'denied':
        return say('AWS', occurrence.why);
      case 'serving':
        return say('server', `${occurrence.serverId} has booted and serves`);
      case 'handover':
        return say('server', toHandoverWords(occurrence));
      case 'undeployed':
        return say('AWS', `has removed the stack ${occurrence.stack}`);
      default:
        return occurrence satisfies never;
    }
  });
}

function toHandoverWords({ serverId, clients, gapMs }: Occurrence & { kind: 'handover' }): string {
  const missed = clients ? `; WireGuard's clients miss a server for ${toGap(gapMs)}` : '';
  return `${serverId} has the VPN's address${missed}`;
}

const stateWords: Record<string, string> = {
  pending: 'is starting',
  running: 'runs, and boots',
  'shutting-down': 'is being shut down; its address is given up',
  terminated: 'is gone',
};

function toWords({ 'detail-type': type, detail }: AwsEvent): string | null {
  const [id, state] = [String(detail['instance-id']), String(detail.state)];
  if (type === 'EC2 Spot Instance Interruption Warning') return `will take ${id} in two minutes`;
  if (type !== 'EC2 Instance State-change Notification') return null;
  return `${id} ${stateWords[state] ?? `is ${state}`}`;
}
