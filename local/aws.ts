/** AWS on a laptop: the played services behind a door on loopback, with the packaged functions deployed on them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../shared/config.ts';
import type { Protocol } from '../shared/core/model.ts';
import type { Witnesses } from './answer.ts';
import { type Clock, startClock } from './clock.ts';
import { addStack } from './cloudformation.ts';
import { type DnsDoor, openDns } from './dns.ts';
import { type Door, openDoor, type Route } from './door.ts';
import { addSecurityGroup } from './ec2/network.ts';
import { addTemplate } from './ec2/templates.ts';
import { type Functions, runFunctions } from './functions.ts';
import { openHttpApi } from './http-api.ts';
import { addRole } from './iam/roles.ts';
import type { Template } from './intrinsics.ts';
import type { FailureRecord } from './lambda/async.ts';
import type { MarketOptions } from './market.ts';
import { liveThrough } from './past.ts';
import { type Pump, startPump } from './pump.ts';
import { addZone } from './route53.ts';
import { openServerPorts, type ServerPorts } from './server-ports.ts';
import { type Slack, startSlack } from './slack.ts';
import { addDocument } from './ssm/documents.ts';
import { type LambdaFunction, readTemplate, type Stack } from './template.ts';
import { toWitness, type Witness } from './witness.ts';
import { toWorld, type World, type WorldOptions } from './world.ts';
import { findServer, toWorldRoute } from './world-route.ts';

export interface LocalAws {
  world: World;
  clock: Clock;
  pump: Pump;
  door: Door;
  /** API Gateway, with the functions that people and programs call. */
  api: Door;
  /** Route 53's name servers, by UDP on the port that AWS has by TCP. */
  dns: DnsDoor;
  /** Of the server that the name points to. */
  ports: ServerPorts;
  witness: Witness;
  /** The channel that the VPN's messages go to. */
  slack: Slack;
  /** What the deployed loop is configured for. */
  config: Config;
  stop: () => Promise<void>;
}

export interface LocalOptions extends Pick<Witnesses, 'onCall'>, Pick<WorldOptions, 'guests'> {
  /** Where `npm run package` has put the template and the zips. */
  packageDir: string;
  /** Seconds of the played world in a real one, while the loop has nothing to do. */
  speed: number;
  /** AWS's and, by UDP, DNS's; API Gateway has the next one, and the server the one after that. 0 takes free ones. */
  port: number;
  seed: number;
  /** So many days have been before; 0, the default, begins with nothing. */
  pastDays?: number;
  /** Told of every line that a function logs, and of every event that failed for good. */
  onLog: (line: string) => void;
  onFailed: (record: FailureRecord) => void;
}

const pseudo = {
  Region: 'us-east-1',
  AccountId: '123456789012',
  Partition: 'aws',
  URLSuffix: 'amazonaws.com',
  StackName: 'perennial',
};
const zones = ['a', 'b', 'c'].map((zone) => `${pseudo.Region}${zone}`);
const dayMs = 24 * 60 * 60_000;
/** Spot costs about this share of on demand. */
const spotShare = 0.3;

export async function startLocalAws(options: LocalOptions): Promise<LocalAws> {
  const { packageDir, speed, port, seed, pastDays = 0 } = options;
  const clock = startClock({ speed });
  const start = clock.now() - pastDays * dayMs;
  const { world, stack, config } = deploy(readPackage(packageDir), seed, start, options);
  if (pastDays) await liveThrough(world, config, clock.now());

  const slack = await startSlack(() => clock.now());
  world.call('ssm', 'PutParameter', {
    Name: `/perennial/${config.policy.vpn}/slack`,
    Type: 'SecureString',
    Value: slack.url,
  });

  const witness = toWitness(world, config.name);
  const pump = startPump(world.timers, clock, witness.look);
  const worldRoute = toWorldRoute(world, witness, config, pump, slack);
  const door = await openDoor({
    call: (...call) => pump.change(() => world.call(...call)),
    port,
    routes: [worldRoute],
    ...(options.onCall && { onCall: options.onCall }),
    onFault: (error) => options.onLog(`local: ${String(error)}`),
  });
  const api = await openApi(
    stack,
    (...asked) => functions.invoke(...asked),
    clock,
    worldRoute,
    options,
  );
  const dns = await openDns(
    (look) => pump.change(() => look(world)),
    Number(new URL(door.url).port),
  );
  const serves = (protocol: Protocol) =>
    pump.change(() => {
      const { id = '' } = findServer({ world, config }) ?? {};
      return world.guests.protocolsOf(id)[protocol] === true;
    });
  const ports = await openServerPorts(serves, port && port + 2);
  const functions = runFunctions({
    ...options,
    stack,
    world,
    clock,
    account: pseudo.AccountId,
    endpointUrl: door.url,
    apiUrl: api.url,
  });
  for (const { outputs } of world.stacks.values()) outputs.HttpApiUrl = api.url;
  world.onOccurrence(({ kind }) => {
    if (kind === 'undeployed') void functions.stop();
  });
  return {
    world,
    clock,
    pump,
    door,
    api,
    dns,
    ports,
    witness,
    slack,
    config,
    async stop() {
      pump.stop();
      await api.close();
      await functions.stop();
      await dns.close();
      await ports.close();
      await door.close();
      await slack.close();
      clock.stop();
    },
  };
}

function openApi(
  { httpApis: [api] }: Stack,
  invoke: Functions['invoke'],
  clock: Clock,
  local: Route,
  options: LocalOptions,
): Promise<Door> {
  if (!api) throw new Error('The package has no HTTP API');
  const { Region: region, AccountId: account } = pseudo;
  const port = options.port && options.port + 1;
  return openHttpApi({ api, account, region, port, local, invoke, now: clock.now });
}

/** A world with what the template deploys: launch templates, roles and, as if it had been there before, the zone. */
export function deploy(
  template: Template,
  seed: number,
  start: number,
  { guests }: Pick<WorldOptions, 'guests'> = {},
) {
  const stack = toStack(template);
  const config = readConfig({ ...environmentOf(stack), AWS_REGION: pseudo.Region });
  const market = { zones, types: toPrices(config) };
  const world = toWorld({ seed, start, region: pseudo.Region, market, ...(guests && { guests }) });
  for (const { id, name, data } of stack.launchTemplates) addTemplate(world, id, name, data);
  for (const { name, content } of stack.documents) addDocument(world, name, content);
  for (const role of stack.roles) addRole(world, role);
  const name = `perennial-${config.policy.vpn}`;
  for (const group of stack.securityGroups) addSecurityGroup(world, name, group);
  for (const group of stack.logGroups)
    world.logGroups.set(group.name, { madeAt: start, storedBytes: 0 });
  addStack(world, { name, resources: stack.resources, outputs: {} });
  addZone(world, config.zoneId, config.name.split('.').slice(1).join('.'));
  return { world, stack, config };
}

function toPrices({ policy }: Config): MarketOptions['types'] {
  const toSpot = (onDemand: number) => Number(Math.max(0.0011, onDemand * spotShare).toFixed(4));
  return Object.fromEntries(
    policy.types.map(({ type, onDemand }) => [type, { onDemand, spot: toSpot(onDemand) }]),
  );
}

function readPackage(packageDir: string): Template {
  const file = join(packageDir, 'cloudformation-template-update-stack.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Template;
  } catch {
    throw new Error(`There is no package in ${packageDir}; make it with: npm run package`);
  }
}

function environmentOf({ functions }: Stack): LambdaFunction['environment'] {
  const loop = functions.find(({ name }) => name.endsWith('-reconcile'));
  if (!loop) throw new Error('The package has no function reconcile');
  return loop.environment;
}

/** Resolves the template as a deployment would: EC2 gives ids, here in the order they are asked for. */
function toStack(template: Template) {
  const ids = new Map<string, string>();
  const toId = (logicalId: string, prefix: string) => {
    const id = ids.get(logicalId) ?? `${prefix}-${String(ids.size + 1).padStart(17, '0')}`;
    ids.set(logicalId, id);
    return id;
  };
  const attributes: Record<string, (logicalId: string) => string> = {
    Ref: (logicalId) => toId(logicalId, 'lt'),
    GroupId: (logicalId) => toId(logicalId, 'sg'),
    LatestVersionNumber: () => '1',
  };
  const isEc2 = (logicalId: string) => template.Resources[logicalId]?.Type.startsWith('AWS::EC2::');
  const resolve = (logicalId: string, attribute: string) =>
    isEc2(logicalId) ? attributes[attribute]?.(logicalId) : undefined;
  const stack = readTemplate(template, resolve, pseudo);
  const launchTemplates = stack.launchTemplates.map((one) => ({
    ...one,
    id: toId(one.logicalId, 'lt'),
  }));
  const securityGroups = stack.securityGroups.map((one) => ({
    ...one,
    id: toId(one.logicalId, 'sg'),
  }));
  const prefixes: Record<string, string> = {
    'AWS::EC2::LaunchTemplate': 'lt',
    'AWS::EC2::SecurityGroup': 'sg',
  };
  const resources = stack.resources.map(({ logicalId, type, name }) => {
    const prefix = prefixes[type];
    return { logicalId, type, name: prefix ? toId(logicalId, prefix) : name };
  });
  return { ...stack, launchTemplates, securityGroups, resources };
}
