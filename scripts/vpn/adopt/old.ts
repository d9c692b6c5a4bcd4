/** The how-to's own on EC2: a spot request that launches again and again, its server, and the image of both. */
import {
  CancelSpotInstanceRequestsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSpotInstanceRequestsCommand,
  EC2ServiceException,
  type SpotInstanceRequest,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { allPages, must } from '../../../shared/adapters/answers.ts';
import type { Clients } from '../../../shared/adapters/clients.ts';
import { Trouble } from '../trouble.ts';
import type { OldRequest, Seen } from './plan.ts';

type Ec2 = Clients['ec2'];

/** Throws a Trouble if there is no such request. */
export async function readRequest(ec2: Ec2, id: string): Promise<OldRequest> {
  const command = new DescribeSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] });
  const { SpotInstanceRequests: [found] = [] } = await ec2.send(command).catch(unlessUnknown);
  if (!found) throw new Trouble(`There is no spot request ${id} in this region: is it another?`);
  const request = toOldRequest(found);
  return { ...request, serverId: await findAlive(ec2, request.serverId) };
}

/** Those that launch again and again, and are not ours: they may be the old VPN's or anybody's. */
export async function readOthers(ec2: Ec2, vpnTag: string): Promise<OldRequest[]> {
  const Filters = [
    { Name: 'type', Values: ['persistent'] },
    { Name: 'state', Values: ['open', 'active', 'disabled'] },
  ];
  const found = await allPages(async (NextToken) => {
    const command = new DescribeSpotInstanceRequestsCommand({ Filters, NextToken });
    const page = await ec2.send(command);
    return { items: page.SpotInstanceRequests ?? [], next: page.NextToken };
  });
  return found.filter(({ Tags }) => !Tags?.some(({ Key }) => Key === vpnTag)).map(toOldRequest);
}

export async function readImage(ec2: Ec2, id: string | null): Promise<Seen['image']> {
  if (id === null) return null;
  const command = new DescribeImagesCommand({ ImageIds: [id], Owners: ['self'] });
  const { Images: [found] = [] } = await ec2.send(command).catch((error: unknown) => {
    if (error instanceof EC2ServiceException && error.name.startsWith('InvalidAMIID'))
      return { Images: [] };
    throw error;
  });
  return found ? { id, isOurs: !!found.Tags?.some(({ Key }) => Key === 'perennial:bake') } : null;
}

/** Its server goes on; only no other follows it. What is cancelled already stays so. */
export async function cancelRequest(ec2: Ec2, id: string): Promise<void> {
  await ec2.send(new CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] }));
}

export async function endServer(ec2: Ec2, id: string): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
}

async function findAlive(ec2: Ec2, id: string | null): Promise<string | null> {
  if (id === null) return null;
  const command = new DescribeInstancesCommand({
    Filters: [{ Name: 'instance-id', Values: [id] }],
  });
  const { Reservations = [] } = await ec2.send(command);
  const state = Reservations[0]?.Instances?.[0]?.State?.Name;
  return state === undefined || state === 'terminated' || state === 'shutting-down' ? null : id;
}

function toOldRequest(found: SpotInstanceRequest): OldRequest {
  const { LaunchSpecification: launch } = found;
  return {
    id: must(found.SpotInstanceRequestId, 'SpotInstanceRequestId'),
    isPersistent: found.Type === 'persistent',
    isOpen: found.State === 'open' || found.State === 'active' || found.State === 'disabled',
    limit: found.SpotPrice ?? null,
    type: launch?.InstanceType ?? null,
    imageId: launch?.ImageId ?? null,
    serverId: found.InstanceId ?? null,
  };
}

function unlessUnknown(error: unknown): { SpotInstanceRequests: SpotInstanceRequest[] } {
  if (error instanceof EC2ServiceException && /^InvalidSpotInstanceRequestI/i.test(error.name))
    return { SpotInstanceRequests: [] };
  throw error;
}
