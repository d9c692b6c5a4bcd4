/** What `agent check --json` says on a server (image/usr/local/lib/perennial/server/check.py). */
import type { Protocol } from '../../shared/core/model.ts';

interface Finding {
  name: string;
  good: boolean;
  detail: string;
}

const usual: [name: string, detail: string][] = [
  ['forwarding', 'IPv4 is forwarded'],
  ['firewall', 'the table inet perennial stands'],
  ['clock', 'synchronised'],
];

const ofProtocol: Record<Protocol, [name: string, detail: string, fault: string][]> = {
  pptp: [
    ['pptp kernel', 'the kernel speaks PPP', ''],
    ['pptp answers', 'pptpd answers', 'pptpd does not listen'],
  ],
  wireguard: [['wireguard interface', 'wg0 listens on 51820', 'wg0 has no key']],
};

/** `faults` are what somebody has spoilt on the server, by the name of the question. */
export function toSelfTest(
  protocols: Protocol[],
  serving: Partial<Record<Protocol, boolean>>,
  faults: ReadonlyMap<string, string>,
): Finding[] {
  const up = protocols.filter((one) => serving[one]);
  const all: [name: string, detail: string, fault: string | undefined][] = [
    ['configuration', protocols.join(', '), undefined],
    ...usual.map(([name, detail]) => [name, detail, undefined] as [string, string, undefined]),
    [
      'agent',
      `serving ${up.join(', ')}`,
      up.length < protocols.length ? `serving ${up.join(', ') || 'nothing'}` : undefined,
    ],
    ...protocols.flatMap((one) =>
      ofProtocol[one].map(([name, detail, fault]): [string, string, string | undefined] => [
        name,
        detail,
        serving[one] ? undefined : fault || undefined,
      ]),
    ),
  ];
  return all.map(([name, detail, fault]) => {
    const why = faults.get(name) ?? fault;
    return { name, good: why === undefined, detail: why ?? detail };
  });
}
