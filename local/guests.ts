/** What runs on the instances: a VPN that takes its time to boot and then says, every minute, that it serves. */
import { type InstanceRecord, toState } from './ec2/instances.ts';
import { AwsFault } from './fault.ts';
import { callAsServer } from './iam/roles.ts';
import type { World } from './world.ts';

/** A server reports this often, and at once when it begins to serve. */
export const heartbeatMs = 60_000;

export interface Guests {
  boot: (record: InstanceRecord) => void;
  end: (record: InstanceRecord) => void;
  /** The VPN on it stops answering, or answers again; its agent goes on reporting. */
  setServing: (id: string, serving: boolean) => void;
  /** Dies without a word: no VPN, no report, and EC2 still calls it running. */
  silence: (id: string) => void;
  /** So many people are connected to it. */
  setSessions: (id: string, sessions: number) => void;
  /** Its state as a word, for those who compare worlds. */
  describe: (id: string) => string;
  /** Whether EC2's status checks fail. */
  isImpaired: (id: string) => boolean;
  /** Whether a client that goes to this instance finds a VPN. */
  serves: (id: string) => boolean;
}

interface Guest {
  state: 'booting' | 'serving' | 'broken' | 'silent';
  silentSince: number | null;
  sessions: number;
}

/** EC2 checks every minute, and calls it impaired when two checks in a row have failed. */
const impairedAfterMs = 120_000;

export function toGuests(world: World): Guests {
  const guests = new Map<string, Guest>();
  const alive = (record: InstanceRecord) =>
    toState(record) === 'running' && guests.get(record.id)?.state !== 'silent';

  const report = (record: InstanceRecord) => {
    const vpn = record.tags.get('perennial:vpn');
    if (!alive(record) || !vpn) return;
    const serving = guests.get(record.id)?.state === 'serving';
    const at = new Date(world.timers.now).toISOString();
    tryTo(() =>
      callAsServer(world, record, 'ssm', 'PutParameter', {
        Name: `/perennial/${vpn}/state/servers/${record.id}`,
        Type: 'String',
        Overwrite: true,
        Value: JSON.stringify({
          at,
          serving: { pptp: serving, wireguard: serving },
          sessions: guests.get(record.id)?.sessions ?? 0,
        }),
      }),
    );
  };
  const beat = (record: InstanceRecord) => {
    report(record);
    if (alive(record)) world.timers.after(heartbeatMs, () => beat(record));
  };

  return {
    boot(record) {
      guests.set(record.id, { state: 'booting', silentSince: null, sessions: 0 });
      const bootMs = world.times.bootMs();
      if (bootMs === null) return;
      world.timers.after(bootMs, () => {
        const guest = guests.get(record.id);
        if (guest?.state === 'booting' && alive(record)) {
          guest.state = 'serving';
          world.tell({ kind: 'serving', serverId: record.id });
          beat(record);
        }
      });
    },
    end(record) {
      guests.delete(record.id);
    },
    setServing(id, serving) {
      const guest = guests.get(id);
      const record = world.instances.get(id);
      if (!guest || !record || guest.state === 'booting' || guest.state === 'silent') return;
      guest.state = serving ? 'serving' : 'broken';
      report(record);
    },
    silence(id) {
      const guest = guests.get(id);
      if (!guest || guest.state === 'silent') return;
      guest.state = 'silent';
      guest.silentSince = world.timers.now;
    },
    setSessions(id, sessions) {
      const guest = guests.get(id);
      if (guest) guest.sessions = sessions;
    },
    describe: (id) => guests.get(id)?.state ?? 'none',
    isImpaired(id) {
      const since = guests.get(id)?.silentSince ?? null;
      return since !== null && world.timers.now - since >= impairedAfterMs;
    },
    serves(id) {
      const record = world.instances.get(id);
      return (
        record !== undefined && toState(record) === 'running' && guests.get(id)?.state === 'serving'
      );
    },
  };
}

/** The agent meets the same Parameter Store as everybody: what is not taken now goes with the next heartbeat. */
function tryTo(ask: () => object): void {
  try {
    ask();
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
  }
}
