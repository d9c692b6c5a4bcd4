/** PPTP as people have it: pptp-linux and pppd. */
import type { Machine } from './machine.ts';
import { type Person, quote, router } from './people.ts';

export interface Login {
  user: string;
  password: string;
  /** Of pppd's, in place of those that the VPN asks for. */
  options?: string[];
}

interface Dialled {
  connected: boolean;
  /** What pppd and pptp said. */
  log: string;
}

export const usual = [
  'require-mppe-128',
  'refuse-eap',
  'refuse-pap',
  'refuse-chap',
  'refuse-mschap',
];

/** What pppd says when the answer to its request came too late: see `mppe.ts`. */
export const tooLate = 'MPPE disabled';
const triesMax = 3;

/** As people's clients do: again, if an emulator was too slow to answer in time. */
export async function dial(person: Person, server: string, login: Login): Promise<Dialled> {
  for (let left = triesMax; ; left -= 1) {
    const dialled = await dialOnce(person, server, login);
    if (left === 1 || !dialled.log.includes(tooLate)) return dialled;
  }
}

/** Comes back when the tunnel is up, or when it will not be. All traffic goes through it. */
export async function dialOnce(
  person: Person,
  server: string,
  { user, password, options = usual }: Login,
): Promise<Dialled> {
  const folder = `/run/people/${person.name}`;
  const lines = [
    `pty "pptp ${server} --nolaunchpppd"`,
    `user "${toWord(user)}"`,
    `password "${toWord(password)}"`,
    // The server need not prove who it is beyond MS-CHAPv2.
    'noauth nodetach noipdefault noipv6 nobsdcomp nodeflate novj debug updetach',
    'lcp-echo-interval 5 lcp-echo-failure 6',
    ...options,
  ];
  // pppd and pptp keep files in /run by names that would collide.
  const { code, output } = await person.run(`
    mkdir -p ${folder}/run
    printf '%s\\n' ${lines.map(quote).join(' ')} >${folder}/options
    code=0
    unshare -m sh -c '
      mount --bind ${folder} /mnt
      mount --bind ${folder}/run /run
      exec pppd file /mnt/options logfile /mnt/log' >${folder}/said || code=$?
    ip route replace ${server} via ${router}
    if [ $code = 0 ]; then ip route replace default dev "$(sed -n 's/^Using interface //p' ${folder}/log)"; else ip route replace default via ${router}; fi
    cat ${folder}/log
    rm ${folder}/log
    exit $code`);
  return { connected: code === 0, log: output };
}

/** A line that waits until the tunnel is down. */
export const gone = 'while ip link show ppp0 >/dev/null 2>&1; do sleep 0.1; done';

/** Ends the tunnel, and waits until it is gone. */
export async function leave({ name, must }: Person): Promise<void> {
  await must(`kill $(cat /run/people/${name}/run/ppp0.pid); ${gone}`);
}

/** Ends everybody's tunnels. */
export async function hangUp(client: Machine): Promise<void> {
  await client.run('pkill -x pppd; while pgrep -x pppd; do sleep 0.1; done');
}

/** As pppd reads it in its options. */
function toWord(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
