/** People with a VPN client each, all in one machine: everybody has a network and an address of their own. */
import type { Ran } from './channel.ts';
import type { Machine } from './machine.ts';

/** Of everybody. */
export const router = '198.51.100.1';

export interface Person {
  name: string;
  address: string;
  /** Runs bash as them, by their network. */
  run: (script: string) => Promise<Ran>;
  must: (script: string) => Promise<string>;
}

/** Makes the machine a wire that everybody is plugged into. */
export async function prepare(machine: Machine): Promise<void> {
  await machine.must(`
    modprobe -a ppp_generic ppp_async ppp_mppe wireguard bridge veth nf_tables
    ip link set lo up
    ip link add lan type bridge
    ip link set lan up
    ip link set eth0 master lan up
    mkdir -p /run/people /tmp`);
}

/** `number`: the last of their address, from 2 on. */
export async function addPerson(machine: Machine, name: string, number: number): Promise<Person> {
  const [person] = await addPeople(machine, { [name]: number });
  return person as Person;
}

/** With as few commands as that takes: starting one is what an emulator is slow at. */
export async function addPeople(
  machine: Machine,
  numbers: Record<string, number>,
): Promise<Person[]> {
  const all = Object.entries(numbers);
  const wires = all.flatMap(([name, number]) => [
    `netns add ${name}`,
    `link add lan${number} type veth peer name eth0 netns ${name}`,
    `link set lan${number} master lan up`,
  ]);
  const own = all.map(
    ([name, number]) => `ip -n ${name} -batch - <<'END'
link set lo up
address add ${toAddress(number)}/24 dev eth0
link set eth0 up
route add default via ${router}
END`,
  );
  await machine.must(['set -e', "ip -batch - <<'END'", ...wires, 'END', ...own].join('\n'));
  return all.map(([name, number]) => {
    const enter = (script: string) => `ip netns exec ${name} bash -ec ${quote(script)}`;
    return {
      name,
      address: toAddress(number),
      run: (script) => machine.run(enter(script)),
      must: (script) => machine.must(enter(script)),
    };
  });
}

const toAddress = (number: number) => `198.51.100.${number}`;

/** Comes back when an echo has. The first may be lost: who is let in knows it before the other side is ready. */
export function reach(address: string): string {
  return `until ping -c1 -W1 ${address}; do :; done`;
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
