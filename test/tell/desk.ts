/** A journal in a played Parameter Store, a receiver that is told of it, and runs of the telling in between. */
import { toCall, toDirectClients } from '../../local/direct.ts';
import type { World } from '../../local/world.ts';
import { toTold } from '../../shared/adapters/told.ts';
import type { Entry } from '../../shared/core/deeds.ts';
import { writeJournal } from '../../shared/documents/state.ts';

import type { SlackMessage } from '../../shared/tell/message.ts';
import type { Delivery, TellPorts } from '../../shared/tell/ports.ts';
import { type Telling, tell } from '../../shared/tell/tell.ts';
import { minuteMs } from '../core/scene.ts';
import { setStage } from '../stage.ts';
import { calm, toJournal } from './journals.ts';

type Call = Parameters<typeof toDirectClients>[0];
type Receive = (message: SlackMessage) => Promise<Delivery> | Delivery;

export interface Desk {
  world: World;
  /** What the receiver has taken, by title. */
  received: string[];
  /** Writes the journal's next version; its last entries are never older than a minute. */
  write: (...entries: Entry[]) => void;
  put: (name: string, value: string, type?: string) => void;
  /** One run, as the journal's change or as a tick, of which every call may go another way. */
  run: (isTick?: boolean, through?: Call, receive?: Receive) => Promise<Telling>;
  receive: Receive;
  wait: (ms: number) => void;
  /** The names of the parameters below this one. */
  names: (under: string) => string[];
}

export const sender = { name: 'vpn.example.org', dashboard: null };
const root = '/perennial/home/';

/** A VPN that is on, of which all that there was to tell has been told. */
export async function setDesk(webhook: string | null = 'https://hooks.example.org/s3cr3t') {
  const { world } = setStage();
  const received: string[] = [];
  const put: Desk['put'] = (name, Value, Type = 'String') => {
    world.call('ssm', 'PutParameter', { Name: root + name, Type, Value, Overwrite: true });
  };
  const write = (...entries: Entry[]) => put('state/journal', writeJournal(toJournal(...entries)));
  const receive: Receive = ({ text }) => {
    received.push(text.split('\n')[0] ?? '');
    return { kind: 'taken' };
  };
  const run: Desk['run'] = (isTick = false, through = toCall(world), take = receive) => {
    const send: TellPorts['send'] = async (_, message) => take(message);
    const told = toTold(toDirectClients(through), 'home');
    return tell({ ...told, send, now: () => world.timers.now }, sender, isTick);
  };
  const desk: Desk = {
    world,
    received,
    put,
    write,
    run,
    receive,
    wait: (ms) => world.timers.advance(world.timers.now + ms),
    names: (under) => [...world.parameters.keys()].filter((name) => name.startsWith(root + under)),
  };
  if (webhook) put('slack', webhook, 'SecureString');
  write(...calm);
  await run();
  return desk;
}

/** Longer than any run may take: what was claimed before is nobody's any more. */
export const staleMs = 3 * minuteMs;
export const taken = 'The server of vpn.example.org is replaced';
export const goesOn = 'vpn.example.org goes on without an outage';
