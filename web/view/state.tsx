/** The state in one glance: one big word, and below it what a person wants to know next. */
import { useState } from 'preact/hooks';
import type { Session, StateWord, Status } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useNow } from '../data/hooks.ts';
import { toBytes, toDuration, toMoment, toTime } from '../data/words.ts';
import { Button, Copy } from '../ui/button.tsx';
import { Sentence } from '../ui/sentence.tsx';
import { Power } from './power.tsx';

const words: Record<StateWord, string> = {
  serving: 'Serving',
  starting: 'Starting',
  recovering: 'Recovering',
  stopping: 'Stopping',
  off: 'Off',
  stuck: 'Stuck',
};

/** What comes next while the loop itself has nothing to do. */
const waits: Record<StateWord, string> = {
  serving: 'Nothing: all is as it should be.',
  starting: 'The name moves to the server as soon as that serves.',
  recovering: 'The name moves to the next server as soon as that serves.',
  stopping: 'The server ends.',
  off: 'Nothing, until you start it.',
  stuck: 'It tries again each minute.',
};

const protocols = { wireguard: 'WireGuard', pptp: 'PPTP' };

interface Props {
  api: Api;
  status: Status;
  /** Why it is not known how it is just now, if it is not. */
  failure: string | null;
  onLook: () => void;
  onStatus: (status: Status) => void;
}

export function State({ api, status, failure, onLook, onStatus }: Props) {
  const running = useNow(status.at);
  // Of what is not known any more nothing goes on.
  const now = failure ? new Date(status.at).getTime() : running;
  const { state, name, plan } = status;
  return (
    <section class="state" data-state={state} data-stale={failure !== null} aria-labelledby="state">
      <p class="name">
        <span class="mono">{name}</span>
        <Copy text={name} what="the name" />
      </p>
      <h1 id="state">
        <span class="pulse" aria-hidden="true" />
        {words[state]}
      </h1>
      <p class="lead">{toLead(status, now)}</p>
      <Announcement status={status} now={now} />
      <Failure says={failure} at={status.at} onLook={onLook} />
      {status.unread.length > 0 && (
        <p class="notice">AWS did not tell {status.unread.join('; ')}.</p>
      )}
      <Power api={api} status={status} now={now} onStatus={onStatus} />
      <div class="pair">
        <div>
          <h2 class="label">Next</h2>
          <ul class="lines">
            {[...plan, ...toOutlook(status, now)].map((line) => (
              <li key={line}>
                <Sentence text={line} at={status.at} />
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h2 class="label">Connected</h2>
          <Connected status={status} now={now} />
        </div>
      </div>
    </section>
  );
}

/** Always there, so that a screen reader hears of what comes. */
function Failure({ says, at, onLook }: { says: string | null; at: string; onLook: () => void }) {
  return (
    <div class="trouble" hidden={!says}>
      <p role="alert">{says && `What you see is from ${toTime(at)}. ${says}`}</p>
      <p>
        It is asked again by itself.{' '}
        <Button kind="quiet" onClick={onLook}>
          Ask now
        </Button>
      </p>
    </div>
  );
}

/** Said only when the word changes, and never at the first look. */
function Announcement({ status, now }: { status: Status; now: number }) {
  const [said, setSaid] = useState({ state: status.state, words: '' });
  if (said.state !== status.state)
    setSaid({ state: status.state, words: `${words[status.state]}. ${toLead(status, now)}` });
  return (
    <p class="unseen" role="status">
      {said.words}
    </p>
  );
}

function toLead(status: Status, now: number): string {
  const { state, server, incident, power } = status;
  const since = (at: string) => toDuration(Math.max(0, now - new Date(at).getTime()));
  switch (state) {
    case 'serving':
      return server ? `For ${since(server.since)}, since ${toMoment(server.since, now)}` : '';
    case 'recovering':
      if (!incident) return 'The server fails; another is on its way';
      return incident.lost
        ? `Nobody can connect for ${since(incident.since)}, since ${toTime(incident.since)}`
        : 'The server goes; it still serves while another comes up';
    case 'starting':
      return server ? `A server comes up since ${toTime(server.since)}` : 'A server is asked for';
    case 'stopping':
      return 'The name is parked, and the server ends';
    case 'off':
      return power.why;
    case 'stuck':
      return 'No server can be had just now; it goes on trying';
    default:
      return state satisfies never;
  }
}

/** What happens by itself later on. */
function toOutlook({ power, plan, secrets, state }: Status, now: number): string[] {
  const { next, idleMinutes, wanted } = power;
  const outlook = [];
  if (next) outlook.push(`Turns ${next.power} at ${toMoment(next.at, now)}.`);
  if (idleMinutes !== null && wanted === 'on')
    outlook.push(`Turns off once nobody has used it for ${idleMinutes}\u00a0min.`);
  if (state === 'serving' && !secrets.current && !plan.length)
    outlook.push('The server is taking the newest secrets.');
  return plan.length || outlook.length ? outlook : [waits[state]];
}

function Connected({ status: { who, sessions, server }, now }: { status: Status; now: number }) {
  if (!sessions && !who.length)
    return <p class="quiet">{server?.serving ? 'Nobody just now' : 'Nobody'}</p>;
  if (!who.length) return <p>{sessions === 1 ? 'One person' : `${sessions} people`}</p>;
  return (
    <ul class="lines">
      {who.map((session) => (
        <li key={`${session.user} ${session.protocol} ${session.since}`}>
          <strong>{session.user}</strong> <span class="quiet">{toSession(session, now)}</span>
        </li>
      ))}
    </ul>
  );
}

function toSession({ protocol, since, bytes }: Session, now: number): string {
  const ms = Math.max(0, now - new Date(since).getTime());
  return `${protocols[protocol]}, ${toDuration(ms)}, ${toBytes(bytes)}`;
}
