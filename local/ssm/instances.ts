/** Which servers Systems Manager knows, and whether it hears of them. */
import type {
  DescribeInstanceInformationCommandInput,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import { toState } from '../ec2/instances.ts';
import { AwsFault } from '../fault.ts';
import type { World } from '../world.ts';

/** One that it has known and lost is still listed; one that has ended is not for long. */
export function describeInstanceInformation(
  { instances, guests, timers }: World,
  { Filters = [] }: DescribeInstanceInformationCommandInput,
): { InstanceInformationList: InstanceInformation[] } {
  const wanted = Filters.flatMap(({ Key, Values = [] }) => {
    if (Key !== 'InstanceIds')
      throw new AwsFault('InvalidFilterKey', 'Only InstanceIds is played here.');
    return Values;
  });
  const known = [...instances.values()].filter(
    (record) =>
      toState(record) === 'running' && (Filters.length === 0 || wanted.includes(record.id)),
  );
  return {
    InstanceInformationList: known.flatMap(({ id }) => {
      const since = guests.managedSince(id);
      if (since === 'never') return [];
      return [
        {
          InstanceId: id,
          PingStatus: since === 'lost' ? ('ConnectionLost' as const) : ('Online' as const),
          LastPingDateTime: new Date(timers.now),
          PlatformType: 'Linux' as const,
          ResourceType: 'EC2Instance' as const,
        },
      ];
    }),
  };
}
