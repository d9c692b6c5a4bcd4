/** What `npm start` tells `vpn` of the AWS that it plays: where everything of it is found. */
import type { LocalAws } from '../local/aws.ts';
import type { LocalState } from './vpn/places.ts';

export function toLocalState(
  { api, door, config, clock, dns, ports }: LocalAws,
  token: string,
): LocalState {
  return {
    api: api.url,
    token,
    aws: door.url,
    region: config.region,
    clock: clock.env(),
    dns: dns.address,
    ports: ports.places,
  };
}
