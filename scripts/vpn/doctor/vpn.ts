/** What must be true of a VPN that is deployed: what AWS, DNS, the server and the network say of it. */
import { parkedAddress, reportFreshMs, reportLateMs } from '../../../shared/core/limits.ts';
import { isOn, toPower } from '../../../shared/core/power.ts';
import { toLacking } from '../../../shared/core/secrets.ts';
import type { Foreseen } from '../../../shared/core/status.ts';
import { toDuration } from '../../../shared/core/words.ts';
import { type Facts, toServer } from './facts.ts';
import { checkGroup } from './group.ts';
import { bad, type Check, good, type Said, unknown, warning } from './model.ts';
import { checkPptp, checkWireGuard, type Dial } from './outside.ts';
import { checkAgent, checkServerItself } from './server.ts';

/** In the order in which one asks: is it there, does the name lead to it, does it answer, is it well inside. */
export function toVpnChecks(facts: Facts, dial: Dial): Check[] {
  const { protocols } = facts.aws.settings.policy;
  const checks: [name: string, run: Check['run']][] = [
    ['loop', () => ofSeen(facts, judgeLoop)],
    ['server', () => ofSeen(facts, judgeServer)],
    ['heartbeat', () => ofSeen(facts, (seen) => judgeHeartbeat(seen, protocols))],
    ['secrets', async () => judgeSecrets(await facts.seen(), facts)],
    ['record', () => ofSeen(facts, (seen) => judgeRecord(seen, facts.aws.settings.name))],
    ['name', () => checkName(facts)],
    ['firewall of AWS', () => checkGroup(facts)],
    ...(protocols.includes('pptp') ? [['PPTP', () => checkPptp(facts, dial)] as const] : []),
    ...(protocols.includes('wireguard')
      ? [['WireGuard', () => checkWireGuard(facts, dial)] as const]
      : []),
    ['agent of AWS', () => checkAgent(facts)],
    ['self-test', () => checkServerItself(facts)],
  ].map(([name, run]) => [name, run] as [string, Check['run']]);
  return checks.map(([name, run]) => ({ part: 'vpn', name, run }));
}

async function ofSeen({ seen }: Facts, judge: (seen: Foreseen) => Said): Promise<Said> {
  return judge(await seen());
}

/** While anything costs, it counts every five minutes. */
const loopLateMs = 15 * 60_000;

function judgeLoop({ observed, state, actions }: Foreseen): Said {
  const { now, ledger, desired, memory } = observed;
  const { why } = toPower(desired, memory, now);
  if (state === 'off') return good(`the VPN is off: ${why}`);
  const age = now - (ledger?.until ?? 0);
  const next = actions[0] ? `; next: ${actions[0].why}` : '';
  if (!ledger || age < loopLateMs) return good(`the VPN is on: ${why}${next}`);
  return bad(
    `it has counted nothing for ${toDuration(age)}, though something runs`,
    'Read the log group of the function reconcile, and deploy again: vpn deploy',
  );
}

function judgeServer({ observed, state, server: member, actions }: Foreseen): Said {
  if (!isOn(observed)) {
    return member
      ? warning(`${member.server.id} still runs`, 'Wait a minute: the loop ends it.')
      : good('none, as it should be');
  }
  if (!member)
    return bad(
      observed.memory.stuck ?? actions[0]?.why ?? `there is none, and the VPN is ${state}`,
      'Wait a minute, then: vpn journal',
    );
  const { id, pool, market, address } = member.server;
  const says = `${id}, ${pool.type} in ${pool.zone}, ${market === 'spot' ? 'on spot' : 'on demand'}, ${address ?? 'no address yet'}`;
  switch (member.phase) {
    case 'serving':
      return good(says);
    case 'booting':
      return warning(`${says}: it boots`, 'Wait a minute.');
    case 'silent':
      return bad(
        `${says}: ${observed.impaired.includes(id) ? "EC2's status checks fail" : 'it does not say that it serves'}`,
        'The loop replaces it by itself; see it happen with: vpn watch',
      );
    default:
      return member.phase satisfies never;
  }
}

function judgeHeartbeat(seen: Foreseen, protocols: readonly ('pptp' | 'wireguard')[]): Said {
  const { observed } = seen;
  const server = toServer(seen);
  const report = observed.reports.find(({ serverId }) => serverId === server.id);
  if (!report)
    return bad(
      `${server.id} has reported nothing`,
      'Wait for its boot; then see its log in the EC2 console.',
    );
  const age = observed.now - report.at;
  const says = `${toDuration(Math.max(0, age))} ago`;
  if (age >= reportFreshMs)
    return bad(`the last one was ${says}`, 'The loop replaces the server by itself: vpn watch');
  const down = protocols.filter((protocol) => report.serving[protocol] !== true);
  if (down.length)
    return bad(
      `${says}, and says that ${down.join(' and ')} ${down.length > 1 ? 'do' : 'does'} not serve${report.problem ? `: ${report.problem}` : ''}`,
      'The loop replaces the server if that lasts: vpn watch',
    );
  if (report.problem) return warning(`${says}, with a problem: ${report.problem}`, 'vpn journal');
  return age >= reportLateMs ? warning(`late: ${says}`, 'Look again in a minute.') : good(says);
}

function judgeSecrets(seen: Foreseen, { aws }: Facts): Said {
  const { observed } = seen;
  if (!observed.secrets) return unknown('Parameter Store did not list them');
  const { users } = observed.secrets;
  if (!users.length) return warning('there are no users: nobody can connect', 'vpn users add NAME');
  const lacking = toLacking(observed, aws.settings.policy, toServer(seen).id);
  return lacking.length
    ? bad(
        `the server lacks ${lacking.join(', ')}`,
        'Wait a minute: it is told again. Then: vpn journal',
      )
    : good(`the server has the newest of ${users.map(({ name }) => name).join(', ')}`);
}

/** Where Route 53 itself points the name. */
function judgeRecord(seen: Foreseen, name: string): Said {
  const { observed, server } = seen;
  if (!observed.name) return unknown('Route 53 did not tell it');
  const { address } = observed.name;
  const remedy = 'The loop mends it within a minute; if not, see the check "loop".';
  if (address === null)
    return isOn(observed)
      ? bad(`Route 53 has no address for ${name}`, remedy)
      : good(`Route 53 has no address for ${name} yet`);
  if (address === parkedAddress) {
    const says = `${name} is parked on ${address}`;
    if (!isOn(observed)) return good(says);
    return server?.phase === 'serving'
      ? bad(says, remedy)
      : warning(`${says} until a server serves`, remedy);
  }
  if (address === server?.server.address) return good(`${name} is ${address}, the server's`);
  return bad(`${name} is ${address}, which is no server of ours`, remedy);
}

/** What people's machines find. */
async function checkName({ dns, aws, seen, resolved }: Facts): Promise<Said> {
  const { name } = aws.settings;
  const [found, { observed }] = await Promise.all([resolved(), seen()]);
  return judgeName(name, found, observed.name?.address ?? null, dns.isNamed);
}

export function judgeName(
  name: string,
  found: string | null,
  record: string | null,
  isNamed: boolean,
): Said {
  const who = isNamed ? 'that resolver' : "this machine's resolver";
  if (found === record) return found ? good(`${who} finds ${found}`) : good('there is none yet');
  if (found === null)
    return bad(
      `${who} finds no address of ${name}, though Route 53 has ${record}`,
      'See "hosted zone"; after a record was missing, resolvers remember that for a quarter of an hour.',
    );
  return warning(
    `${who} says ${found}, Route 53 ${record ?? 'nothing'}`,
    'Look again in two minutes: some resolvers keep an address for longer than they should.',
  );
}
