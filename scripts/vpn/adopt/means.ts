/** What adopting is done by: the API's own routes and ports, straight on AWS, and EC2 for what was there before. */
import { type HttpPorts, toHttpPorts } from '../../../shared/wire-http.ts';
import type { Aws } from '../aws.ts';
import type { Caller } from '../caller.ts';
import { toDirectCaller } from '../direct.ts';

export interface Means {
  settings: Aws['settings'];
  ec2: Aws['clients']['ec2'];
  ports: HttpPorts;
  caller: Caller;
  /** How long the new server is waited for at the most. */
  minutes: number;
}

export function toMeans(aws: Aws, minutes: number): Means {
  const { settings, clients, now } = aws;
  const ports = toHttpPorts(settings, clients, now);
  return { settings, ec2: clients.ec2, ports, caller: toDirectCaller(aws), minutes };
}
