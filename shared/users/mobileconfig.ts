/** An Apple configuration profile for the WireGuard app (github.com/WireGuard/wireguard-apple, MOBILECONFIG.md). */
import { createHash } from 'node:crypto';

interface Tunnel {
  system: 'macos' | 'ios';
  vpn: string;
  user: string;
  /** The DNS name. */
  name: string;
  /** As wg-quick reads it. */
  conf: string;
  /** Whether the system brings the tunnel up whenever there is traffic. */
  onDemand: boolean;
}

export function toMobileConfig({ system, vpn, user, name, conf, onDemand }: Tunnel): string {
  const id = `${name.split('.').toReversed().join('.')}.perennial.${vpn}.${user}`;
  const tunnel = {
    PayloadDisplayName: 'VPN',
    PayloadType: 'com.apple.vpn.managed',
    PayloadVersion: 1,
    PayloadIdentifier: `${id}.tunnel`,
    PayloadUUID: toUuid(`${id}.tunnel`),
    UserDefinedName: vpn,
    VPNType: 'VPN',
    VPNSubType: `com.wireguard.${system}`,
    VendorConfig: { WgQuickConfig: conf },
    VPN: {
      RemoteAddress: name,
      AuthenticationMethod: 'Password',
      ...(onDemand && { OnDemandEnabled: 1, OnDemandRules: [{ Action: 'Connect' }] }),
    },
  };
  const profile = {
    PayloadDisplayName: `VPN ${vpn}`,
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    // A profile of the same name replaces the one before.
    PayloadIdentifier: id,
    PayloadUUID: toUuid(id),
    PayloadContent: [tunnel],
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<plist version="1.0">${toXml(profile)}</plist>`,
    '',
  ].join('\n');
}

type Plist = string | number | Plist[] | { [key: string]: Plist };

function toXml(value: Plist): string {
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  if (typeof value === 'string') return `<string>${toEntities(value)}</string>`;
  if (Array.isArray(value)) return `<array>${value.map(toXml).join('')}</array>`;
  const entries = Object.entries(value).map(([key, one]) => `<key>${key}</key>${toXml(one)}`);
  return `<dict>${entries.join('\n')}</dict>`;
}

function toEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The same each time for the same name, as a UUID of version 5 is. */
function toUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-').toUpperCase();
}
