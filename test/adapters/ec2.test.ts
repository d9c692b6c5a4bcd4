/** What exactly EC2 is asked, and what is made of its odder answers. The usual is in the contract. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toServers } from '../../shared/adapters/ec2.ts';
import { priceWindowMs } from '../../shared/core/limits.ts';
import type { LaunchRequest } from '../../shared/ports.ts';
import { nano, nanoAmd, now, policy } from '../core/scene.ts';
import { type Answering, answering } from './answering.ts';

const config = {
  policy,
  templates: {
    spot: { id: 'lt-0a', version: '3' },
    'on-demand': { id: 'lt-0b', version: '$Latest' },
  },
};
const request: LaunchRequest = {
  token: 'perennial-home-7-2',
  generation: 7,
  market: 'spot',
  pool: nano,
  imageId: 'ami-0123456789abcdef0',
  maxPrice: 0.004,
};
const instance = {
  InstanceId: 'i-0123456789abcdef0',
  InstanceType: 't3.nano',
  State: { Code: 16, Name: 'running' },
  Placement: { AvailabilityZone: 'us-east-1a' },
  LaunchTime: new Date(now),
};
const reservation = (...Instances: object[]) => ({ Instances });
const toPorts = ({ clients }: Answering) => toServers(clients, config);

describe('a launch asks for', () => {
  const Tags = [
    { Key: 'perennial:vpn', Value: 'home' },
    { Key: 'perennial:generation', Value: '7' },
    { Key: 'Name', Value: 'perennial-home' },
  ];
  const instanceAndVolume = [
    { ResourceType: 'instance', Tags },
    { ResourceType: 'volume', Tags },
  ];
  const tagged = [...instanceAndVolume, { ResourceType: 'spot-instances-request', Tags }];
  const onSpot = {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: 'perennial-home-7-2',
    LaunchTemplate: { LaunchTemplateId: 'lt-0a', Version: '3' },
    ImageId: 'ami-0123456789abcdef0',
    InstanceType: 't3.nano',
    Placement: { AvailabilityZone: 'us-east-1a' },
    TagSpecifications: tagged,
  };
  const SpotOptions = { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' };
  const onDemand = {
    ...onSpot,
    LaunchTemplate: { LaunchTemplateId: 'lt-0b', Version: '$Latest' },
    TagSpecifications: instanceAndVolume,
  };
  const onSpotFreely = {
    ...onSpot,
    InstanceMarketOptions: { MarketType: 'spot', SpotOptions },
  };
  const { Placement: _, ...anywhere } = onSpotFreely;

  test.each<[sentence: string, differs: Partial<LaunchRequest>, expected: object]>([
    [
      'spot up to a limit',
      {},
      {
        ...onSpot,
        InstanceMarketOptions: {
          MarketType: 'spot',
          SpotOptions: { ...SpotOptions, MaxPrice: '0.004' },
        },
      },
    ],
    ['spot without a limit', { maxPrice: null }, onSpotFreely],
    [
      'spot in a zone of EC2’s choice',
      { maxPrice: null, pool: { type: 't3.nano', zone: null } },
      anywhere,
    ],
    ['on demand', { market: 'on-demand', maxPrice: null }, onDemand],
    [
      'another type',
      { market: 'on-demand', maxPrice: null, pool: nanoAmd },
      { ...onDemand, InstanceType: 't3a.nano' },
    ],
  ])('%s', async (_sentence, differs, expected) => {
    const aws = answering(() => reservation(instance));
    await toPorts(aws).launch({ ...request, ...differs });
    expect(aws.asked).toEqual([{ operation: 'RunInstances', input: expected }]);
  });
});

describe('a launch that EC2 answers with', () => {
  const launchAt = (fault: Error) => {
    const aws = answering(() => {
      throw fault;
    });
    return { aws, answer: toPorts(aws).launch(request) };
  };

  test.each([
    ['InsufficientInstanceCapacity', 500],
    ['RequestLimitExceeded', 503],
    ['EC2ThrottledException', 503],
    ['SpotMaxPriceTooLow', 400],
    ['IdempotentParameterMismatch', 400],
    ['NobodyForesawThis', 400],
  ])('%s (%d) is refused, and the SDK does not ask again', async (code, status) => {
    const { aws, answer } = launchAt(new AwsFault(code, 'because', status));
    expect(await answer).toEqual({ kind: 'refused', code, message: 'because' });
    expect(aws.asked).toHaveLength(1);
  });

  test.each([
    ['InternalError', 500],
    ['Unavailable', 503],
    ['constructor', 500],
  ])('%s (%d) may have launched: thrown, and the SDK does not ask again', async (code, status) => {
    const { aws, answer } = launchAt(new AwsFault(code, 'because', status));
    await expect(answer).rejects.toMatchObject({ name: code });
    expect(aws.asked).toHaveLength(1);
  });

  test.each([
    ['no instance', { Instances: [] }, 'AWS answered without an instance'],
    [
      'an instance without an id',
      reservation({ ...instance, InstanceId: undefined }),
      'AWS answered without InstanceId',
    ],
    [
      'an instance without a launch time',
      reservation({ ...instance, LaunchTime: undefined }),
      'AWS answered without LaunchTime',
    ],
  ])('%s is an error that says so', async (_, output, message) => {
    await expect(toPorts(answering(() => output)).launch(request)).rejects.toThrow(message);
  });
});

describe('the list', () => {
  const server = {
    id: 'i-0123456789abcdef0',
    state: 'running',
    market: 'on-demand',
    pool: nano,
    stateReason: null,
    imageId: null,
    address: null,
    launchedAt: now,
    generation: 0,
  };
  test.each([
    ['on demand, without an address or tags', {}, {}],
    ['on spot', { InstanceLifecycle: 'spot' }, { market: 'spot' }],
    ['with an address', { PublicIpAddress: '203.0.113.7' }, { address: '203.0.113.7' }],
    ['with an address that is empty', { PublicIpAddress: '' }, {}],
    [
      'with its generation',
      { Tags: [{ Key: 'perennial:generation', Value: '12' }] },
      { generation: 12 },
    ],
    ['with a generation by hand', { Tags: [{ Key: 'perennial:generation', Value: 'first' }] }, {}],
    ['with its image', { ImageId: 'ami-0123' }, { imageId: 'ami-0123' }],
    [
      'with the reason of its state',
      { StateReason: { Code: 'Server.SpotInstanceTermination', Message: 'taken' } },
      { stateReason: 'Server.SpotInstanceTermination' },
    ],
    ['with a reason that is empty', { StateReason: { Code: '' } }, {}],
    ['without a zone', { Placement: {} }, { pool: { type: 't3.nano', zone: null } }],
  ])('reads a server %s', async (_, differs, expected) => {
    const aws = answering(() => ({ Reservations: [reservation({ ...instance, ...differs })] }));
    expect(await toPorts(aws).list()).toEqual([{ ...server, ...expected }]);
  });

  test("asks for this VPN's tag, page after page, empty ones too", async () => {
    const page = (n: number) => [reservation({ ...instance, InstanceId: `i-000000${n}` })];
    const aws = answering((count) => ({
      Reservations: count === 2 ? [] : page(count),
      ...(count < 10 && { NextToken: `page ${count + 1}` }),
    }));
    const servers = await toPorts(aws).list();
    expect(servers.map(({ id }) => id.at(-1)).join('')).toBe('134567890');
    const Filters = [{ Name: 'tag:perennial:vpn', Values: ['home'] }];
    expect(aws.asked.slice(0, 2)).toEqual([
      { operation: 'DescribeInstances', input: { Filters } },
      { operation: 'DescribeInstances', input: { Filters, NextToken: 'page 2' } },
    ]);
  });

  test('that has no end is an error, not a part of it', async () => {
    const aws = answering(() => ({ Reservations: [reservation(instance)], NextToken: 'more' }));
    await expect(toPorts(aws).list()).rejects.toThrow('AWS sent more than 10 pages');
    expect(aws.asked).toHaveLength(10);
  });

  test('is asked again when EC2 is throttled', async () => {
    const aws = answering((count) => {
      if (count === 1) throw new AwsFault('RequestLimitExceeded', 'Request limit exceeded.', 503);
      return { Reservations: [] };
    });
    expect(await toPorts(aws).list()).toEqual([]);
    expect(aws.asked).toHaveLength(2);
  });
});

describe('prices', () => {
  const price = (SpotPrice: string, at: number, zone = 'us-east-1a') => ({
    InstanceType: 't3.nano',
    AvailabilityZone: zone,
    SpotPrice,
    Timestamp: new Date(at),
  });

  test('are those in force now, the newest of each pool, and the highest of the last hour, on all pages', async () => {
    const pages = [
      [
        price('0.001600', now - 2_000),
        price('0.001700', now - 1_000),
        price('0.001500', now - 3_000),
      ],
      [],
      [price('0.002100', now, 'us-east-1b'), price('0.001800', now - 4_000)],
    ];
    const aws = answering((count) => ({
      SpotPriceHistory: pages[count - 1],
      NextToken: count < pages.length ? `page ${count + 1}` : '',
    }));
    expect(await toPorts(aws).prices(['t3.nano'], now)).toEqual([
      { pool: nano, perHour: 0.0017, peak: 0.0018 },
      { pool: { ...nano, zone: 'us-east-1b' }, perHour: 0.0021, peak: 0.0021 },
    ]);
    expect(aws.asked[0]?.input).toEqual({
      InstanceTypes: ['t3.nano'],
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: new Date(now - priceWindowMs),
    });
  });

  test.each(['', '0', '-1', 'free', 'NaN'])('of %j are none', async (text) => {
    const aws = answering(() => ({ SpotPriceHistory: [price(text, now)] }));
    expect(await toPorts(aws).prices(['t3.nano'], now)).toEqual([]);
  });

  test('without a pool are none', async () => {
    const { AvailabilityZone: _, ...nowhere } = price('0.0016', now);
    const aws = answering(() => ({ SpotPriceHistory: [nowhere] }));
    expect(await toPorts(aws).prices(['t3.nano'], now)).toEqual([]);
  });
});

test('status checks are asked for of just these servers, and either check may fail', async () => {
  const checks = [
    ['i-0000000a', 'ok', 'ok'],
    ['i-0000000b', 'impaired', 'ok'],
    ['i-0000000c', 'ok', 'impaired'],
    ['i-0000000d', 'initializing', 'insufficient-data'],
  ];
  const aws = answering(() => ({
    InstanceStatuses: checks.map(([InstanceId, own, system]) => ({
      InstanceId,
      InstanceStatus: { Status: own },
      SystemStatus: { Status: system },
    })),
  }));
  const ids = checks.map(([id = '']) => id);
  expect(await toPorts(aws).impaired(ids)).toEqual(['i-0000000b', 'i-0000000c']);
  expect(aws.asked[0]?.input).toEqual({ InstanceIds: ids });
});

test('an end that EC2 does not allow is thrown', async () => {
  const aws = answering(() => {
    throw new AwsFault('UnauthorizedOperation', 'You are not authorized.', 403);
  });
  await expect(toPorts(aws).terminate('i-0123456789abcdef0')).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
  });
  expect(aws.asked[0]?.input).toEqual({ InstanceIds: ['i-0123456789abcdef0'] });
});
