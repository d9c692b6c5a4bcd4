/** The server: what it is, what it costs, and the drill that ends it on purpose. */
import type { Status } from '../data/answers.ts';
import type { Api } from '../data/api.ts';
import { useDeed } from '../data/hooks.ts';
import { toPrice } from '../data/words.ts';
import { Confirm } from '../ui/button.tsx';
import { Card, Trouble } from '../ui/parts.tsx';

interface Props {
  api: Api;
  status: Status;
  onStatus: (status: Status) => void;
}

export function ServerCard({ api, status, onStatus }: Props) {
  const deed = useDeed();
  const drill = () => deed.run(async () => onStatus(await api.send<Status>('POST', '/drill')));
  const { server } = status;
  return (
    <Card title="Server" area="server">
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
        <p class="quiet">There is none while it is off.</p>
      )}
      {status.state === 'serving' && (
        <div class="drill">
          <p class="quiet">A drill ends this server on purpose and measures how it comes back.</p>
          <Confirm verb="Drill" what="the server" busy={deed.busy} onConfirm={drill} />
        </div>
      )}
      <Trouble says={deed.error} />
    </Card>
  );
}
