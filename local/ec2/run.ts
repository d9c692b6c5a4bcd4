/** RunInstances: idempotent by client token, refused as EC2 refuses, spot or on demand. */
import type {
  LaunchTemplateInstanceMarketOptionsRequest,
  RequestLaunchTemplateData,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { AwsFault } from '../fault.ts';
import { toProfileArn } from '../iam/roles.ts';
import type { MarketPool } from '../market.ts';
import type { World } from '../world.ts';
import { begin, describe, type InstanceRecord, isAlive } from './instances.ts';
import { addPersistent } from './persistent.ts';
import { findTemplate } from './templates.ts';

type Output = Omit<RunInstancesCommandOutput, '$metadata'>;

/** EC2 remembers a client token for a day at least. */
const tokenKeptMs = 24 * 60 * 60_000;

/** In raw form, before it is in base64. */
const userDataBytesMax = 16_384;

export function runInstances(world: World, input: RunInstancesCommandInput): Output {
  if (input.MinCount !== 1 || input.MaxCount !== 1)
    throw new AwsFault('InvalidParameterValue', 'Here MinCount and MaxCount are 1');
  const { ClientToken, ...parameters } = input;
  const asked = JSON.stringify(parameters);
  const known = ClientToken ? world.tokens.get(ClientToken) : undefined;
  if (known && world.timers.now - known.at < tokenKeptMs) {
    if (known.asked !== asked) throw mismatch();
    return toOutput(world, known.record);
  }
  const record = toRecord(world, input);
  if (ClientToken) world.tokens.set(ClientToken, { at: world.timers.now, asked, record });
  begin(world, record);
  if (input.InstanceMarketOptions?.SpotOptions?.SpotInstanceType === 'persistent')
    addPersistent(world, record, input);
  return toOutput(world, record);
}

function toRecord(world: World, input: RunInstancesCommandInput): InstanceRecord {
  const template = input.LaunchTemplate ? findTemplate(world, input.LaunchTemplate) : {};
  const imageId = input.ImageId ?? template.ImageId;
  if (!imageId) throw new AwsFault('MissingParameter', 'The request must contain ImageId');
  const image = world.images.get(imageId);
  if (!image)
    throw new AwsFault('InvalidAMIID.NotFound', `The image id '[${imageId}]' does not exist`);

  if (image.state !== 'available')
    throw new AwsFault('InvalidAMIID.Unavailable', `The image ID '${imageId}' is not available`);
  const userData = Buffer.from(input.UserData ?? template.UserData ?? '', 'base64');
  if (userData.length > userDataBytesMax)
    throw new AwsFault('InvalidParameterValue', 'User data is limited to 16384 bytes');

  const options = input.InstanceMarketOptions ?? template.InstanceMarketOptions;
  const market = options?.MarketType === 'spot' ? 'spot' : 'on-demand';
  const type = input.InstanceType ?? template.InstanceType ?? 't2.micro';
  const pool = choosePool(world, type, input.Placement?.AvailabilityZone, market);
  const maxPrice = market === 'spot' ? takeMaxPrice(world, pool, options) : null;
  checkCapacity(world, pool, market);
  return {
    id: `i-${world.random.hex(17)}`,
    market,
    pool,
    imageId,
    maxPrice,
    spotRequestId: market === 'spot' ? `sir-${world.random.hex(8)}` : null,
    profileArn: toProfileArn(world, input, template),
    groupIds: input.SecurityGroupIds ?? template.SecurityGroupIds ?? ['sg-default'],
    tags: toTags(input, template),
    userData: userData.toString(),
    states: [],
    address: null,
    addresses: [],
    launchedAt: world.timers.now,
    takenAt: null,
    stateReason: null,
    listLagMs: world.times.listLagMs(),
  };
}

function choosePool(
  { market }: World,
  type: string,
  zone: string | undefined,
  kind: 'spot' | 'on-demand',
): MarketPool {
  if (!market.types.includes(type))
    throw new AwsFault('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  if (zone && !market.zones.includes(zone))
    throw new AwsFault('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
  const pools = (zone ? [zone] : market.zones).map((z) => ({ type, zone: z }));
  const offered = pools.filter((pool) => market.offers(pool));
  const pool = offered.find((one) => market.hasCapacity(one, kind)) ?? offered[0];
  if (!pool)
    throw new AwsFault(
      'Unsupported',
      `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}).`,
    );
  return pool;
}

/** A spot request without a limit has the on-demand price as its limit. */
function takeMaxPrice(
  { market, timers }: World,
  pool: MarketPool,
  options: RunInstancesCommandInput['InstanceMarketOptions'] | MarketOptions,
): number {
  const asked = options?.SpotOptions?.MaxPrice;
  const limit = asked ? Number(asked) : market.onDemand(pool.type);
  if (!(limit > 0.001))
    throw new AwsFault('InvalidParameterValue', `Invalid value '${asked}' for MaxPrice.`);
  const price = market.spot(pool, timers.now);
  if (price > limit)
    throw new AwsFault(
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${limit} is lower than the minimum required Spot request fulfillment price of ${price}.`,
    );
  return limit;
}

type MarketOptions = LaunchTemplateInstanceMarketOptionsRequest;

function checkCapacity(world: World, pool: MarketPool, market: 'spot' | 'on-demand'): void {
  const running = [...world.instances.values()].filter(
    (record) => record.market === market && isAlive(record),
  );
  if (running.length >= world.quotas[market])
    throw market === 'spot'
      ? new AwsFault('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded')
      : new AwsFault(
          'VcpuLimitExceeded',
          'You have requested more vCPU capacity than your current vCPU limit allows.',
        );
  if (!world.market.hasCapacity(pool, market))
    throw new AwsFault(
      'InsufficientInstanceCapacity',
      market === 'spot'
        ? 'There is no Spot capacity available that matches your request.'
        : `We currently do not have sufficient ${pool.type} capacity in the Availability Zone you requested (${pool.zone}).`,
      500,
    );
}

function toTags(
  input: RunInstancesCommandInput,
  template: RequestLaunchTemplateData,
): Map<string, string> {
  const ofInstance = ({ ResourceType, Tags }: TagSpecification) =>
    ResourceType === 'instance' ? (Tags ?? []) : [];
  const all = [...(template.TagSpecifications ?? []), ...(input.TagSpecifications ?? [])];
  return new Map(all.flatMap(ofInstance).map(({ Key = '', Value = '' }) => [Key, Value]));
}

function toOutput(world: World, record: InstanceRecord): Output {
  const instance = describe(record, world.timers.now, 0);
  return {
    ReservationId: `r-${record.id.slice(2)}`,
    OwnerId: world.account,
    Instances: instance ? [instance] : [],
  };
}

function mismatch(): AwsFault {
  return new AwsFault(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}
