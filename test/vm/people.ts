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
  const address = `198.51.100.${number}`;
  await machine.must(`
    ip netns add ${name}
    ip link add lan${number} type veth peer name eth0 netns ${name}
    ip link set lan${number} master lan up
    ip -n ${name} link set lo up
    ip -n ${name} address add ${address}/24 dev eth0
    ip -n ${name} link set eth0 up
    ip -n ${name} route add default via ${router}`);
  const enter = (script: string) => `ip netns exec ${name} bash -ec ${quote(script)}`;
  return {
    name,
    address,
    run: (script) => machine.run(enter(script)),
    must: (script) => machine.must(enter(script)),
  };
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
