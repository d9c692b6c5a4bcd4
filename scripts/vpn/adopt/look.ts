/** Everything of AWS that an adoption is decided by. */
import { vpnTag } from '../../../shared/adapters/looks.ts';
import type { Status } from '../../../web/data/answers.ts';
import { Trouble } from '../trouble.ts';
import type { Means } from './means.ts';
import { readImage, readOthers, readRequest } from './old.ts';
import type { Seen } from './plan.ts';

/** What a person says of the old VPN. */
interface Old {
  requestId: string | null;
  imageId: string | null;
}

export async function look(
  { settings, ec2, ports, caller }: Means,
  { requestId, imageId }: Old,
): Promise<Seen> {
  const [status, { users }, wish, request, others] = await Promise.all([
    caller.ask<Status>('GET', '/status'),
    caller.ask<{ users: { name: string }[] }>('GET', '/users'),
    ports.wishes.read(null),
    requestId === null ? null : readRequest(ec2, requestId),
    requestId === null ? readOthers(ec2, vpnTag) : [],
  ]);
  const image = await readImage(ec2, imageId ?? request?.imageId ?? null);
  if (imageId !== null && !image)
    throw new Trouble(`There is no image ${imageId} of yours in this region: is it another?`);
  const { name, policy } = settings;
  return {
    name,
    protocols: policy.protocols,
    cap: policy.cap,
    users: users.map((user) => user.name),
    isOn: status.power.wanted === 'on',
    hasImage: wish.value.imageId !== null,
    request,
    others,
    image,
  };
}
