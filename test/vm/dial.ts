/** PPTP as people have it: pptp-linux and pppd. */
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

const usual = ['require-mppe-128', 'refuse-eap', 'refuse-pap', 'refuse-chap', 'refuse-mschap'];

/** Comes back when the tunnel is up, or when it will not be. All traffic goes through it. */
export async function dial(
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
  const { code } = await person.run(`
    mkdir -p ${folder}
    printf '%s\\n' ${lines.map(quote).join(' ')} >${folder}/options
    exec unshare -m sh -c 'mount --bind ${folder} /mnt; mount -t tmpfs none /run; exec pppd file /mnt/options logfile /mnt/log'`);
  if (code === 0)
    await person.must(`
      ip route replace ${server} via ${router}
      ip route replace default dev ppp0`);
  // Whatever a tunnel of before has taken with it.
  else await person.must(`ip route replace default via ${router}`);
  const { output } = await person.run(`cat ${folder}/log; rm ${folder}/log`);
  return { connected: code === 0, log: output };
}

/** A line that waits until the tunnel is down. */
export const gone = 'while ip link show ppp0 >/dev/null 2>&1; do sleep 0.1; done';

/** Ends the tunnel, if there is one. */
export async function hangUp({ name, run }: Person): Promise<void> {
  await run(`
    for pid in $(ip netns pids ${name}); do
      if grep -qsx pppd /proc/$pid/comm; then kill $pid; fi
    done
    ${gone}`);
}

/** As pppd reads it in its options. */
function toWord(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
