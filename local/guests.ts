/** What runs on the instances: a VPN that takes its time to boot and then says, every minute, that it serves. */
import type { Protocol, Session } from '../shared/core/model.ts';
import { type InstanceRecord, toState } from './ec2/instances.ts';
import { type Agent, type Fate, toAgent } from './guests/agent.ts';
import { type BakeFate, isBuilder, runBuilder } from './guests/builder.ts';
import { toReportName, toVpn } from './guests/conf.ts';
import { haveCommon, takeOver, toFollowers } from './guests/handover.ts';
import type { Guest, Guests } from './guests/model.ts';
import { tryTo, writeReport } from './guests/report.ts';
import { acceptsPeer, logsIn, type Secrets } from './guests/secrets.ts';
import { callAsServer } from './iam/roles.ts';
import type { World } from './world.ts';

/** A server reports this often, and at once when something changes. */
export const heartbeatMs = 60_000;

/** So often a server asks its metadata whether AWS will take it. */
const metadataMs = 5_000;

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
      const faults = new Map<string, string>();
      guests.set(record.id, {
        faults,
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
          isUp: () => guests.get(record.id)?.state === 'serving',
          faults,
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
    spoil(id, question, detail) {
      const faults = guests.get(id)?.faults;
      if (detail === null) faults?.delete(question);
      else faults?.set(question, detail);
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
      const former = guests.get(formerId ?? '')?.agent.applied;
      takeOver(world, record, haveCommon(guest.agent.applied, former), formerId, (handover) => {
        guest.handover = handover;
        report(record);
      });
    },
    describe: (id) => guests.get(id)?.state ?? 'none',
    isImpaired(id) {
      const since = guests.get(id)?.silentSince ?? null;
      return since !== null && world.timers.now - since >= impairedAfterMs;
    },
    protocolsOf(id) {
      const record = world.instances.get(id);
      const guest = guests.get(id);
      return record && guest && toState(record) === 'running' ? toServing(guest) : {};
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
