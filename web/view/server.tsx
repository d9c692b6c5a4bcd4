/** The server: what it is, what it costs, and the drill that ends it on purpose. */
import type { Incident, StateWord, Status } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { toDuration, toGap, toMoment, toPrice } from '../data/words.ts';
import { Confirm } from '../ui/button.tsx';
import { Card, Trouble } from '../ui/parts.tsx';

/** Where there is none. */
const none: Record<StateWord, string> = {
  off: 'There is none while it is off.',
  stopping: 'The last one has ended.',
  starting: 'There is none yet.',
  recovering: 'There is none; another is on its way.',
  stuck: 'None can be had just now.',
  serving: 'Nothing is known of it.',
};

interface Props {
  api: Api;
  status: Status;
  onStatus: (status: Status) => void;
}

export function ServerCard({ api, status, onStatus }: Props) {
  const deed = useDeed();
  const drill = () => deed.run(async () => onStatus(await api.send<Status>('POST', '/drill')));
  const { server, state, lastIncident } = status;
  const now = new Date(status.at).getTime();
  return (
    <Card
      title="Server"
      area="server"
      aside={server && !server.serving && <span class="tag">does not serve</span>}
    >
      {server ? (
        <dl class="facts">
          <div>
            <dt>Market</dt>
            <dd>{server.market === 'spot' ? 'Spot' : 'On demand'}</dd>
          </div>
          <div>
            <dt>Price</dt>
            <dd>
              {server.dollarsPerHour === null ? 'unknown' : toPrice(server.dollarsPerHour)}{' '}
              <span class="quiet">an hour</span>
            </dd>
          </div>
          <div>
            <dt>Type</dt>
            <dd>
              {server.type} <span class="quiet">{server.zone}</span>
            </dd>
          </div>
          <div>
            <dt>Address</dt>
            <dd class="mono">{server.address ?? '…'}</dd>
          </div>
        </dl>
      ) : (
        <p class="quiet">{none[state]}</p>
      )}
      {state === 'serving' && (
        <div class="drill">
          <p class="quiet">
            A drill ends this server on purpose and measures how it comes back.
            {lastIncident && ` ${toLast(lastIncident, now)}`}
          </p>
          <Confirm verb="Drill" what="the server" busy={deed.busy} onConfirm={drill} />
        </div>
      )}
      <Trouble says={deed.error} />
    </Card>
  );
}

/** What the last one has cost, drill or not. */
function toLast({ at, end }: Incident, now: number): string {
  const what = `The last incident, ${toMoment(at, now)},`;
  if (!end) return `${what} goes on.`;
  const outage = end.outageSeconds
    ? `took it away for ${toDuration(end.outageSeconds * 1_000)}`
    : 'was no outage';
  const gap = end.gapMs === null ? '' : `; WireGuard missed ${toGap(end.gapMs)}`;
  return `${what} ${outage}${gap}.`;
}
