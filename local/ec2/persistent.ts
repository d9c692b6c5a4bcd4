/** Persistent spot requests: when their server has ended EC2 launches another, until somebody cancels the request. */
import type {
  _InstanceType,
  RunInstancesCommandInput,
  SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import type { World } from '../world.ts';
import { begin, type InstanceRecord } from './instances.ts';
import { toTags } from './strays.ts';

/** EC2 looks at open requests every few minutes. */
const relaunchMs = { from: 20_000, to: 5 * 60_000 };

/** From now on that server has successors. */
export function addPersistent(
  { spotRequests, timers }: World,
  { id, spotRequestId, maxPrice, imageId, pool }: InstanceRecord,
  { TagSpecifications = [] }: RunInstancesCommandInput,
): void {
  if (!spotRequestId) return;
  const ofRequest = TagSpecifications.filter(
    ({ ResourceType }) => ResourceType === 'spot-instances-request',
  );
  spotRequests.set(spotRequestId, {
    SpotInstanceRequestId: spotRequestId,
    Type: 'persistent',
    State: 'active',
    InstanceId: id,
    CreateTime: new Date(timers.now),
    SpotPrice: String(maxPrice),
    LaunchSpecification: { ImageId: imageId, InstanceType: pool.type as _InstanceType },
    Tags: toTags(ofRequest),
  });
}

/** Whoever ended the server, its owner too: only a cancelled request rests. */
export function followPersistent(world: World): void {
  world.onEvent(({ detail }) => {
    if (detail.state !== 'terminated') return;
    const record = world.instances.get(String(detail['instance-id']));
    const request = world.spotRequests.get(record?.spotRequestId ?? '');
    if (!record || request?.State !== 'active') return;
    request.State = 'open';
    delete request.InstanceId;
    relaunch(world, request, record);
  });
}

/** What was asked for the first server, its tags too, holds for the next. */
function relaunch(world: World, request: SpotInstanceRequest, last: InstanceRecord): void {
  const { market, timers, random, times } = world;
  timers.after(random.between(relaunchMs.from, relaunchMs.to), () => {
    if (request.State !== 'open') return;
    const isDear = last.maxPrice !== null && market.spot(last.pool, timers.now) > last.maxPrice;
    if (isDear || !market.hasCapacity(last.pool, 'spot')) return relaunch(world, request, last);
    const record: InstanceRecord = {
      ...last,
      id: `i-${random.hex(17)}`,
      states: [],
      address: null,
      launchedAt: timers.now,
      takenAt: null,
      stateReason: null,
      listLagMs: times.listLagMs(),
    };
    request.State = 'active';
    request.InstanceId = record.id;
    begin(world, record);
  });
}
