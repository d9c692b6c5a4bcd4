/**
 * AWS in one process: EC2, Parameter Store, Route 53 and their events as state machines in virtual time.
 * No clock and no chance of its own: time comes with `advance`, chance from a seed.
 */
import type { SpotInstanceRequest, Volume } from '@aws-sdk/client-ec2';
import type { EventBridgeEvent } from 'aws-lambda';
import {
  type Account,
  iamOperations,
  lambdaOperations,
  quotaOperations,
  stsOperations,
  toAccount,
} from './account.ts';
import { cloudFormationOperations, type StackRecord } from './cloudformation.ts';
import type { AddressRecord } from './ec2/addresses.ts';
import { type ImageRecord, type SnapshotRecord, toFirstImages, toPublished } from './ec2/images.ts';
import type { InstanceRecord } from './ec2/instances.ts';
import { interrupt, isAlive } from './ec2/instances.ts';
import type { GroupRecord } from './ec2/network.ts';
import { followPersistent } from './ec2/persistent.ts';
import { toAddresses } from './ec2/pool.ts';
import type { TemplateRecord } from './ec2/templates.ts';
import { ec2Operations } from './ec2.ts';
import { putEvents, toEvent } from './events/put.ts';
import { AwsFault } from './fault.ts';
import type { ExperimentRecord } from './fis/experiments.ts';
import type { TemplateRecord as ExperimentTemplate } from './fis/templates.ts';
import { fisOperations } from './fis.ts';
import type { Guests } from './guests/model.ts';
import { toGuests } from './guests.ts';
import { authorize } from './iam/authorize.ts';
import type { RoleRecord } from './iam/roles.ts';
import { type LogGroupRecord, logsOperations } from './logs.ts';
import { type Market, type MarketOptions, toMarket } from './market.ts';
import { pricingOperations } from './pricing.ts';
import { type Random, toRandom } from './random.ts';
import { type Changes, resolve, route53Operations, type ZoneRecord } from './route53.ts';
import type { CommandRecord } from './ssm/commands.ts';
import type { DocumentRecord } from './ssm/documents.ts';
import type { ParameterRecord } from './ssm/parameters.ts';
import { ssmOperations } from './ssm.ts';
import { type Timers, toTimers } from './timers.ts';
import { managedTimes, type Times, usualTimes } from './times.ts';
import { toUuid } from './uuid.ts';
import type { Service } from './wire/messages.ts';

export { bakedImageId } from './ec2/images.ts';

export type ServiceName = Service;

/** An event as EventBridge delivers it. */
export type AwsEvent = EventBridgeEvent<string, Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: each operation has the SDK's own input; the doors decode into it
type Operation = (world: World, input: any) => object;
export type Operations = Record<string, Operation>;

/** What is no event: what happens on a server and nobody at AWS can see, and what somebody was not allowed. */
export type Occurrence =
  | { kind: 'serving'; serverId: string }
  /** The VPN's address has come to it; so many WireGuard clients missed a server for so long. */
  | { kind: 'handover'; serverId: string; clients: number; gapMs: number }
  | { kind: 'denied'; why: string }
  /** CloudFormation has removed what was deployed. */
  | { kind: 'undeployed'; stack: string };

export interface WorldOptions {
  seed: number;
  start: number;
  region?: string;
  market: Omit<MarketOptions, 'start'>;
  times?: Partial<Times>;
  /** What runs on the instances, if it is not played. */
  guests?: (world: World) => Guests;
}

export interface World {
  readonly region: string;
  readonly account: string;
  readonly random: Random;
  readonly timers: Timers;
  readonly times: Times;
  readonly market: Market;
  readonly guests: Guests;
  /** What there is in the account before anything is deployed. */
  readonly prepared: Account;
  /** The most instances of each market, and the most Elastic IP addresses. */
  readonly quotas: Record<'spot' | 'on-demand' | 'address', number>;
  readonly images: Map<string, ImageRecord>;
  readonly snapshots: Map<string, SnapshotRecord>;
  /** Parameters that AWS and others let everybody read. */
  readonly published: ReadonlyMap<string, ParameterRecord>;
  readonly instances: Map<string, InstanceRecord>;
  readonly templates: Map<string, TemplateRecord>;
  readonly spotRequests: Map<string, SpotInstanceRequest>;
  readonly volumes: Map<string, Volume>;
  readonly addresses: Map<string, AddressRecord>;
  readonly tokens: Map<string, { at: number; asked: string; record: InstanceRecord }>;
  readonly parameters: Map<string, ParameterRecord>;
  readonly documents: Map<string, DocumentRecord>;
  readonly commands: Map<string, CommandRecord>;
  readonly zones: Map<string, ZoneRecord>;
  readonly changes: Changes;
  readonly stacks: Map<string, StackRecord>;
  readonly securityGroups: Map<string, GroupRecord>;
  readonly logGroups: Map<string, LogGroupRecord>;
  readonly fis: {
    templates: Map<string, ExperimentTemplate>;
    experiments: Map<string, ExperimentRecord>;
    /** What was made for which client token. */
    tokens: Map<string, string>;
  };
  /** By name. */
  readonly roles: Map<string, RoleRecord>;
  /** Answers an API call as AWS would, at this moment, or throws an AwsFault. Without a key everything is allowed. */
  call: (service: ServiceName, operation: string, input: object, accessKeyId?: string) => object;
  /** The fault, if any, that a call meets just now. */
  faultOf: (service: ServiceName, operation: string) => AwsFault | null;
  /** Puts an event of an AWS service on the bus; answers its id. */
  emit: (
    source: string,
    type: string,
    resources: string[],
    detail: Record<string, unknown>,
  ) => string;
  onEvent: (listener: (event: AwsEvent) => void) => void;
  tell: (occurrence: Occurrence) => void;
  onOccurrence: (listener: (occurrence: Occurrence) => void) => void;
  setFaults: (plan: (service: ServiceName, operation: string) => AwsFault | null) => void;
  takeAddress: () => string;
  giveAddress: (address: string) => void;
  /** The address that the name has, or null. */
  resolve: (name: string) => string | null;
}

export function toWorld(options: WorldOptions): World {
  const random = toRandom(options.seed);
  const timers = toTimers(options.start);
  const listeners: ((event: AwsEvent) => void)[] = [];
  const watchers: ((occurrence: Occurrence) => void)[] = [];
  const addresses = toAddresses();
  let events = 0;
  let faults: (service: ServiceName, operation: string) => AwsFault | null = () => null;

  const operations: Record<ServiceName, Operations> = {
    ec2: ec2Operations,
    ssm: ssmOperations,
    route53: route53Operations,
    events: { PutEvents: putEvents },
    pricing: pricingOperations,
    sts: stsOperations,
    iam: iamOperations,
    cloudformation: cloudFormationOperations,
    servicequotas: quotaOperations,
    lambda: lambdaOperations,
    logs: logsOperations,
    fis: fisOperations,
    ecr: {},
    s3: {},
  };
  const world: World = {
    region: options.region ?? 'us-east-1',
    account: '123456789012',
    random,
    timers,
    times: { ...usualTimes(random), ...managedTimes(toRandom(~options.seed)), ...options.times },
    market: toMarket({ ...options.market, start: options.start }),
    get guests() {
      return guests;
    },
    prepared: toAccount(),
    quotas: { spot: 5, 'on-demand': 5, address: 5 },
    images: toFirstImages(options.start),
    snapshots: new Map(),
    published: toPublished(options.start),
    instances: new Map(),
    templates: new Map(),
    spotRequests: new Map(),
    volumes: new Map(),
    addresses: new Map(),
    tokens: new Map(),
    parameters: new Map(),
    documents: new Map(),
    commands: new Map(),
    zones: new Map(),
    changes: new Map(),
    stacks: new Map(),
    securityGroups: new Map(),
    logGroups: new Map(),
    fis: { templates: new Map(), experiments: new Map(), tokens: new Map() },
    roles: new Map(),
    call(service, operation, input, accessKeyId = '') {
      authorize(world, service, operation, input, accessKeyId);
      const run = operations[service][operation];
      if (!run)
        throw new AwsFault(
          service === 'ec2' ? 'InvalidAction' : 'UnknownOperationException',
          `${service} ${operation} is not played here`,
        );
      const fault = faults(service, operation);
      if (fault) throw fault;
      return run(world, input);
    },
    faultOf: (service, operation) => faults(service, operation),
    setFaults(plan) {
      faults = plan;
    },
    emit(source, type, resources, detail) {
      events += 1;
      const event = toEvent(world, toUuid(events), source, type, resources, detail);
      for (const listen of listeners) listen(event);
      return event.id;
    },
    onEvent: (listener) => listeners.push(listener),
    tell(occurrence) {
      for (const watch of watchers) watch(occurrence);
    },
    onOccurrence: (watcher) => watchers.push(watcher),
    takeAddress: () => addresses.take(),
    giveAddress: (address) => addresses.give(address),
    resolve: (name) => resolve(world, name),
  };
  const guests = (options.guests ?? toGuests)(world);
  world.market.onChange((pool) => interruptAbove(world, pool));
  followPersistent(world);
  return world;
}

/** Whoever set a limit loses the server when the price passes it. */
function interruptAbove(world: World, pool: { type: string; zone: string }): void {
  const price = world.market.spot(pool, world.timers.now);
  for (const record of world.instances.values()) {
    const { type, zone } = record.pool;
    if (type !== pool.type || zone !== pool.zone || !isAlive(record)) continue;
    if (record.maxPrice !== null && price > record.maxPrice) interrupt(world, record);
  }
}
