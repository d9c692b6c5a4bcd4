/** What runs on the instances: a VPN that takes its time to boot and then says, every minute, that it serves. */
import type { Handover, Protocol, Session } from '../shared/core/model.ts';
import { type InstanceRecord, toState } from './ec2/instances.ts';
import { type Agent, type Delivery, type Fate, type OnExit, toAgent } from './guests/agent.ts';
import { type BakeFate, isBuilder, runBuilder } from './guests/builder.ts';
import { toReportName, toVpn } from './guests/conf.ts';
import { takeOver, toFollowers } from './guests/handover.ts';
import { tryTo, writeReport } from './guests/report.ts';
import { acceptsPeer, logsIn, type Secrets } from './guests/secrets.ts';
import { callAsServer } from './iam/roles.ts';
import type { World } from './world.ts';

/** A server reports this often, and at once when something changes. */
export const heartbeatMs = 60_000;

/** So often a server asks its metadata whether AWS will take it. */
const metadataMs = 5_000;

export interface Guests {
  boot: (record: InstanceRecord) => void;
  end: (record: InstanceRecord) => void;
  /** AWS has put into its metadata that it will take it then, or that it may. */
  warn: (record: InstanceRecord, warning: { noticeAt: number } | { rebalanceAt: number }) => void;
  /** The VPN on it stops answering, or answers again; its agent goes on reporting. */
  setServing: (id: string, serving: boolean) => void;
  /** Dies without a word: no VPN, no report, and EC2 still calls it running. */
  silence: (id: string) => void;
  /** So many people are connected to it, and use it. */
  setSessions: (id: string, sessions: number) => void;
  /** The same, by name. */
  setWho: (id: string, who: Session[]) => void;
  /** Its SSM agent loses Systems Manager, or finds it again. */
  setAgent: (id: string, online: boolean) => void;
  /** What becomes of each command from now on, by the server. */
  setFates: (plan: (id: string) => Fate) => void;
  /** How each machine that is to become an image ends, from now on. */
  setBakes: (plan: (id: string) => BakeFate) => void;
  /** Whether Systems Manager takes commands for it. */
  isManaged: (id: string) => boolean;
  /** Whether Systems Manager hears of it, did once, or never has. */
  managedSince: (id: string) => 'online' | 'lost' | 'never';
  /** Hands it a command's script; `onExit` is told when that ends, if it ever does. */
  receive: (id: string, script: string[], onExit: OnExit) => Delivery;
  /** Its state as a word, for those who compare worlds. */
  describe: (id: string) => string;
  /** The VPN's address has come to it, from the server with that id, if from any. */
  arrive: (record: InstanceRecord, formerId: string | null) => void;
  /** Whether EC2's status checks fail. */
  isImpaired: (id: string) => boolean;
  /** Whether a client that goes to this instance finds a VPN. */
  serves: (id: string) => boolean;
  /** Whether it lets them in just now, by the secrets that it has applied. */
  logsIn: (id: string, user: string, password: string) => boolean;
  acceptsPeer: (id: string, publicKey: string, presharedKey: string | null) => boolean;
}

interface Guest {
  /** `waiting` has booted, and lets nobody in before it has secrets. */
  state: 'booting' | 'waiting' | 'serving' | 'broken' | 'silent';
  silentSince: number | null;
  sessions: number;
  who: Session[];
  /** Since when nobody has used it. */
  quietSince: number;
  noticeAt: number | null;
  rebalanceAt: number | null;
  /** How the clients of the server came over that had the address before. */
  handover: Handover | null;
  agent: Agent;
  /** From when on Systems Manager knows it; null while it has lost it. */
  managedFrom: number | null;
}

/** EC2 checks every minute, and calls it impaired when two checks in a row have failed. */
const impairedAfterMs = 120_000;

export function toGuests(world: World): Guests {
  const guests = new Map<string, Guest>();
  let toFate: (id: string) => Fate = () => 'done';
  let toBakeFate: (id: string) => BakeFate = () => 'good';
  const alive = (record: InstanceRecord) =>
    toState(record) === 'running' && guests.get(record.id)?.state !== 'silent';

  const report = (record: InstanceRecord) => {
    const guest = guests.get(record.id);
    const Name = toReportName(record);
    if (!alive(record) || !guest || !Name) return;
    const { agent, noticeAt, rebalanceAt, handover } = guest;
    const who = [...guest.who, ...toFollowers(world, record, agent.applied)];
    const at = world.timers.now;
    const Value = writeReport({
      at,
      serving: toServing(guest),
      sessions: Math.max(guest.sessions, who.length),
      idleMs: guest.sessions ? 0 : at - guest.quietSince,
      who,
      applied: agent.applied,
      problem: agent.problem,
      noticeAt,
      rebalanceAt,
      handover,
    });
    const input = { Name, Type: 'String', Overwrite: true, Value };
    tryTo(() => callAsServer(world, record, 'ssm', 'PutParameter', input));
  };
  const beat = (record: InstanceRecord) => {
    const guest = guests.get(record.id);
    if (guest && alive(record) && (!guest.agent.secrets || guest.agent.problem !== null))
      guest.agent.apply();
    if (guest?.state === 'waiting' && guest.agent.secrets) serve(record, guest);
    report(record);
    if (alive(record)) world.timers.after(heartbeatMs, () => beat(record));
  };
  const serve = ({ id }: InstanceRecord, guest: Guest) => {
    guest.state = 'serving';
    world.tell({ kind: 'serving', serverId: id });
  };
  const connect = (id: string, sessions: number, who: Session[]) => {
    const guest = guests.get(id);
    const record = world.instances.get(id);
    if (!guest || !record) return;
    const quietSince = guest.sessions ? world.timers.now : guest.quietSince;
    Object.assign(guest, { sessions, who, quietSince });
    if (guest.state !== 'booting') report(record);
  };
  const secretsOf = (id: string, protocol: Protocol): Secrets | null => {
    const guest = guests.get(id);
    return guest && toServing(guest)[protocol] ? guest.agent.secrets : null;
  };

  return {
    boot(record) {
      if (isBuilder(record)) return runBuilder(world, record, toBakeFate(record.id));
      const vpn = toVpn(record) ?? '';
      guests.set(record.id, {
        state: 'booting',
        silentSince: null,
        sessions: 0,
        who: [],
        quietSince: world.timers.now,
        noticeAt: null,
        rebalanceAt: null,
        handover: null,
        agent: toAgent({
          world,
          call: (operation, input) => callAsServer(world, record, 'ssm', operation, input),
          vpn,
          userData: record.userData,
          isAlive: () => alive(record),
          onApplied: () => report(record),
        }),
        managedFrom: world.timers.now + world.times.managedMs(),
      });
      const bootMs = world.times.bootMs();
      if (bootMs === null) return;
      world.timers.after(bootMs, () => {
        const guest = guests.get(record.id);
        if (guest?.state !== 'booting' || !alive(record)) return;
        guest.state = 'waiting';
        beat(record);
      });
    },
    end(record) {
      guests.delete(record.id);
    },
    warn(record, warning) {
      world.timers.after(metadataMs, () => {
        const guest = guests.get(record.id);
        if (!guest) return;
        Object.assign(guest, warning);
        if (guest.state !== 'booting') report(record);
      });
    },
    setServing(id, serving) {
      const guest = guests.get(id);
      const record = world.instances.get(id);
      if (!guest || !record || (guest.state !== 'serving' && guest.state !== 'broken')) return;
      guest.state = serving ? 'serving' : 'broken';
      report(record);
    },
    silence(id) {
      const guest = guests.get(id);
      if (!guest || guest.state === 'silent') return;
      guest.state = 'silent';
      guest.silentSince = world.timers.now;
    },
    setSessions: (id, sessions) => connect(id, sessions, []),
    setWho: (id, who) => connect(id, who.length, who),
    setAgent(id, online) {
      const guest = guests.get(id);
      if (guest) guest.managedFrom = online ? world.timers.now : null;
    },
    setFates(plan) {
      toFate = plan;
    },
    setBakes(plan) {
      toBakeFate = plan;
    },
    isManaged(id) {
      const from = guests.get(id)?.managedFrom ?? null;
      return from !== null && world.timers.now >= from;
    },
    managedSince(id) {
      const guest = guests.get(id);
      if (guest && (guest.managedFrom === null || guest.state === 'silent')) return 'lost';
      return guest && world.timers.now >= (guest.managedFrom ?? 0) ? 'online' : 'never';
    },
    receive(id, script, onExit) {
      const guest = guests.get(id);
      const fate = toFate(id);
      if (!guest || fate === 'undeliverable') return 'undeliverable';
      const deaf = guest.state === 'silent' || guest.managedFrom === null;
      if (deaf || fate === 'lost') return 'unheard';
      guest.agent.run(script, fate, onExit);
      return 'running';
    },
    arrive(record, formerId) {
      const guest = guests.get(record.id);
      if (!guest) return;
      takeOver(world, record, formerId, (handover) => {
        guest.handover = handover;
        report(record);
      });
    },
    describe: (id) => guests.get(id)?.state ?? 'none',
    isImpaired(id) {
      const since = guests.get(id)?.silentSince ?? null;
      return since !== null && world.timers.now - since >= impairedAfterMs;
    },
    serves(id) {
      const record = world.instances.get(id);
      const guest = guests.get(id);
      if (!record || !guest || toState(record) !== 'running') return false;
      return Object.values(toServing(guest)).every(Boolean);
    },
    logsIn(id, user, password) {
      const secrets = secretsOf(id, 'pptp');
      return secrets !== null && logsIn(secrets, user, password, world.timers.now);
    },
    acceptsPeer(id, publicKey, presharedKey) {
      const secrets = secretsOf(id, 'wireguard');
      return secrets !== null && acceptsPeer(secrets, publicKey, presharedKey, world.timers.now);
    },
  };
}

function toServing({ state, agent }: Guest): ReturnType<Agent['serving']> {
  return agent.serving(state === 'serving');
}
