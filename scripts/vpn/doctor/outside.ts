/** Whether the VPN answers here, by the name that people give to their systems. */
import { parkedAddress } from '../../../shared/core/limits.ts';
import { type Facts, toServer } from './facts.ts';
import { isUdpRefused, knockAtPptp, type Place, type PptpAnswer } from './knock.ts';
import { bad, good, type Said, Unmet } from './model.ts';

/** Where a port of that address is reached: of the VPN that runs on this machine, elsewhere. */
export type Dial = (address: string, port: number) => Place;

const pptpPort = 1723;
const wireGuardPort = 51_820;

export async function checkPptp(facts: Facts, dial: Dial): Promise<Said> {
  const address = await findAddress(facts);
  return judgePptp(await knockAtPptp(dial(address, pptpPort)), `${address}, TCP ${pptpPort}`);
}

export function judgePptp(answer: PptpAnswer, where: string): Said {
  switch (answer.kind) {
    case 'accepted': {
      const { reply, tookMs } = answer;
      return good(
        `${where} answers in ${tookMs} ms: PPTP ${reply.version} of "${reply.hostName}" (${reply.vendor})`,
      );
    }
    case 'refused':
      return bad(
        `${where}: ${answer.why}`,
        'See "self-test"; then vpn drill, which replaces the server.',
      );
    case 'foreign':
      return bad(
        `${where} is answered by something else than PPTP: ${answer.why}`,
        'See "name" and "record": is it our server at all?',
      );
    case 'closed':
      return bad(`nobody listens on ${where}`, 'See "self-test" for pptpd, and "heartbeat".');
    case 'silent':
      return bad(
        `${where} gives no answer`,
        'See "firewall of AWS". If that is open, the network that you are in blocks PPTP: try from another.',
      );
    case 'hung up':
      return bad(`${where} hangs up at once`, 'See "self-test": pptpd takes nobody in just now.');
    default:
      return answer satisfies never;
  }
}

/** All that a stranger can learn of WireGuard; that it serves, its server says by "heartbeat" and "self-test". */
export async function checkWireGuard(facts: Facts, dial: Dial): Promise<Said> {
  const address = await findAddress(facts);
  const where = `${address}, UDP ${wireGuardPort}`;
  if (await isUdpRefused(dial(address, wireGuardPort)))
    return bad(`nobody listens on ${where}`, 'See "self-test" for WireGuard, and "heartbeat".');
  return good(`${where} refuses nothing: strangers get no answer, see "heartbeat" and "self-test"`);
}

/** The one that DNS has, as for people; else the server's own. */
async function findAddress({ seen, resolved }: Facts): Promise<string> {
  const server = toServer(await seen());
  // A check of its own says what keeps DNS from answering.
  const found = await resolved().catch(() => null);
  if (found === parkedAddress) throw new Unmet('the name is parked, see "record" and "server"');
  const address = found ?? server.address;
  if (!address) throw new Unmet('the server has no address yet');
  return address;
}
