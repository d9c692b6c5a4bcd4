/** What a user does on each system to connect, with the files that it takes: honest about who no longer speaks PPTP. */
import type { Policy, Protocol } from '../core/model.ts';
import { toPptpPart } from './profiles/pptp.ts';
import { toWireGuardPart } from './profiles/wireguard.ts';
import type { Shown } from './shown.ts';
import type { Endpoint } from './wireguard.ts';

export const systems = [
  'windows',
  'macos',
  'ios',
  'android',
  'ubuntu',
  'router',
  'wireguard',
] as const;
export type System = (typeof systems)[number];

export interface Profile {
  user: string;
  system: System;
  /** In order, each a sentence or a command. */
  steps: string[];
  files: ProfileFile[];
}

export interface ProfileFile {
  name: string;
  protocol: Protocol;
  mediaType: string;
  content: string;
}

export interface ProfileContext extends Endpoint {
  /** The VPN's own name, which files and connections are called after. */
  vpn: string;
  protocols: Protocol[];
  /** Whether nothing may leave beside the tunnel, where the system can see to that. */
  killSwitch?: boolean;
  /** Whether the address moves along when the server is replaced, if that is known. */
  address?: Policy['address'];
}

/** What one protocol takes. */
export type Part = Pick<Profile, 'steps' | 'files'>;

/** `shown` has the private key only where it was made just now: it is kept nowhere. */
export function toProfile(system: System, shown: Shown, context: ProfileContext): Profile {
  const parts = [
    ...(context.protocols.includes('wireguard') ? [toWireGuardPart(system, shown, context)] : []),
    ...(context.protocols.includes('pptp') ? [toPptpPart(system, shown, context)] : []),
  ];
  return {
    user: shown.user,
    system,
    steps: parts.flatMap(({ steps }) => steps),
    files: parts.flatMap(({ files }) => files),
  };
}
