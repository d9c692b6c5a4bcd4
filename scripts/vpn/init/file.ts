/** perennial.yml as `vpn init` writes it: small, each line with what it is. */
import { stringify } from 'yaml';
import type { TypePrice } from './region.ts';

export interface Answers {
  vpn: string;
  region: string;
  name: string;
  zoneId: string;
  cap: string;
  protocols: string[];
  types: TypePrice[];
}

export function toFile({ vpn, region, name, zoneId, cap, protocols, types }: Answers): string {
  const lines: [key: string, value: string, why: string][] = [
    ['vpn', vpn, "the VPN's own name, in tags, parameters and resource names"],
    ['region', region, 'where it runs'],
    ['name', name, 'the DNS name that people connect to …'],
    ['zoneId', zoneId, '… and its hosted zone in Route 53'],
    ['cap', cap, 'the most that spot may cost, dollars an hour; above it the VPN is on demand'],
    [
      'types',
      types.map(({ type, onDemand }) => `${type}=${onDemand}`).join(','),
      'what may serve, with its on-demand price in that region',
    ],
    ['protocols', protocols.join(','), 'pptp is weak: only where nothing better is spoken'],
  ];
  const texts = lines.map(([key, value]) => `${key}: ${toScalar(value)}`);
  const width = Math.max(...texts.map((text) => text.length));
  return [
    '# What this VPN is. docs/configuration.md has all keys; "npx vpn deploy" makes changes hold.',
    ...lines.map(([, , why], index) => `${(texts[index] ?? '').padEnd(width)}  # ${why}`),
    '',
  ].join('\n');
}

/** In quotes where YAML would take it for something else than a text. */
function toScalar(value: string): string {
  return stringify(value, { singleQuote: true, lineWidth: 0 }).trimEnd();
}
