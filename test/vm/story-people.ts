/**
 * Who is connected while servers come and go: somebody by WireGuard, who calls, types and downloads, and somebody by
 * PPTP, who asks by which address the web sees them. Both have what the VPN's API has given out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, toAnswer } from '../cutover/answers.ts';
import { webAddress } from './network.ts';
import { addPerson, type Person, quote, router } from './people.ts';
import type { StoryStage } from './story-stage.ts';

/** As the API answers when a user is made. */
export interface Login {
  user: string;
  password: string;
  wireguard: { address: string; config: string };
}

/** An emulated machine takes a minute and more to boot, and TCP's backoff as long again: nobody gives up before. */
const patienceSeconds = 300;
/** Where the played AWS has all its addresses. */
const serverNet = '203.0.113.0/24';
/** Any that nobody listens on. */
const ports = { wireguard: 9_001, pptp: 9_002 };

/** With `name` given, that is looked up again when the tunnel is silent, as somebody has to whose server's name moves. */
export async function callByWireGuard(
  stage: StoryStage,
  login: Login,
  answers: Answer[],
  name = '',
): Promise<Person> {
  const person = await addPerson(stage.client, login.user, 13);
  await stage.hear(ports.wireguard, (line) => answers.push(toAnswer(line)));
  // What wg-quick would do of it; names are not looked up by the tunnel here, which leads to no resolver.
  const own = /^(Address|DNS) = .*\n/gm;
  await person.must(`
    ip link add wg0 type wireguard
    wg setconf wg0 /dev/stdin <<<${quote(login.wireguard.config.replace(own, ''))}
    ip address add ${login.wireguard.address}/32 dev wg0
    ip link set wg0 mtu 1420 up
    ip route add ${serverNet} via ${router}
    ip route replace default dev wg0
    ${toStart('traffic.py', `${webAddress} ${patienceSeconds} ${name}`, ports.wireguard)}`);
  return person;
}

/** Cheaper than the shell's, where each line would cost a process. */
const stamp =
  'import sys, time\nfor line in sys.stdin: print(f"{time.time() * 1_000:.0f}", line, end="", flush=True)';

/** The options are the profile's for pppd; what it says has the time before it. */
export async function dialByPptp(
  stage: StoryStage,
  { user, password }: Login,
  profile: string,
  answers: Answer[],
): Promise<Person> {
  const person = await addPerson(stage.client, user, 12);
  await stage.hear(ports.pptp, (line) => {
    const seen = line.split(' ')[3];
    const answer = toAnswer(line);
    answers.push(seen === person.address ? { ...answer, stream: 'beside' } : answer);
  });
  const folder = `/run/people/${user}`;
  const options = [
    // Nobody answers names in the tunnel here.
    profile.replace(/^usepeerdns\n/m, ''),
    `password "${password}"`,
    `nodetach noipv6 logfile /mnt/log ${process.env.SHOW_LOG ? 'debug' : ''}`,
  ].join('\n');
  await person.must(`
    mkdir -p ${folder}
    touch ${folder}/log
    printf '%s\\n' ${quote(options)} >${folder}/options
    tail -n0 -F ${folder}/log 2>/dev/null | python3 -c ${quote(stamp)} >${folder}/said 2>/dev/null &
    unshare -m sh -c '
      mount --bind ${folder} /mnt
      mount -t tmpfs none /run
      exec pppd file /mnt/options' >/dev/null 2>&1 &
    ${toStart('asking.py', webAddress, ports.pptp)}`);
  return person;
}

/** What it prints goes past the tunnel to whoever measures. */
function toStart(script: string, words: string, port: number): string {
  const text = readFileSync(join(import.meta.dirname, '../cutover', script), 'utf8');
  return `python3 -c ${quote(text)} ${words} >/dev/tcp/${router}/${port} 2>/dev/null &`;
}
