/** Whether what opens a connection is made to fit a tunnel, on its way out and on its way back. */
import { report, toCounts, watch } from '../clients/machine.ts';
import { webAddress } from './network.ts';
import { type Person, quote } from './people.ts';
import type { Stage } from './stage.ts';

/** Opens one connection, as a client that knows nothing of the tunnel before it. */
export async function countClamped(
  { network: { web } }: Stage,
  person: Person,
  { device, mtu }: { device: string; mtu: number },
): Promise<{
  asked: Record<string, number> | undefined;
  answered: Record<string, number> | undefined;
}> {
  // Of Ethernet's 1500 it would be 1460.
  const fits = `tcp option maxseg size <= ${mtu - 40}`;
  const asks = 'tcp dport 80 tcp flags & (syn | ack) == syn';
  const answers = 'tcp sport 80 tcp flags & (syn | ack) == (syn | ack)';
  web.run('sh', '-ec', watch('eth0', toKinds(asks, fits)).join('\n'));
  await person.must(`${watch(device, toKinds(answers, fits)).join('\n')}
    ip route add ${webAddress} dev ${device} advmss 1460
    curl -sS ${webAddress}
    ip route del ${webAddress}`);
  const [asked] = toCounts(web.run('sh', '-ec', report('eth0')));
  const [answered] = toCounts(await person.must(report(device)));
  web.run('nft', 'delete', 'table', 'netdev', 'eth0');
  return { asked, answered };
}

/** All of a kind, and those that fit; each a word of the shell. */
function toKinds(kind: string, fits: string): Record<string, string> {
  return { seen: quote(kind), fit: quote(`${kind} ${fits}`) };
}
