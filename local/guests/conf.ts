/** What a machine is to be, as its tags and its server.conf say, which is in its user data. */
import type { Protocol } from '../../shared/core/model.ts';
import type { InstanceRecord } from '../ec2/instances.ts';

/** Whose server it is, or whose canary. */
export function toVpn({ tags }: InstanceRecord): string | undefined {
  return tags.get('perennial:vpn') ?? tags.get('perennial:bake');
}

/** Where it reports. Null for a machine of nobody. */
export function toReportName(record: InstanceRecord): string | null {
  const vpn = toVpn(record);
  const [, folder = 'state/servers'] = /^\s*reports=(\S+)/m.exec(record.userData) ?? [];
  return vpn ? `/perennial/${vpn}/${folder}/${record.id}` : null;
}

/** As its user data says; both, where somebody launched it by hand without any. */
export function toProtocols({ userData }: Pick<InstanceRecord, 'userData'>): Protocol[] {
  const [, listed] = /^ *protocols=(.*)$/m.exec(userData) ?? [];
  const all: Protocol[] = ['pptp', 'wireguard'];
  return listed === undefined ? all : all.filter((one) => listed.split(',').includes(one));
}
