/** Every call that the code makes as one of the template's roles, made through the SDK on a played AWS that asks IAM. */
import type { RunInstancesCommandOutput } from '@aws-sdk/client-ec2';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { deploy } from '../local/aws.ts';
import { toFunctionCredentials } from '../local/functions.ts';
import { toServerCredentials } from '../local/iam/roles.ts';
import type { Credentials } from '../local/iam/session.ts';
import { toRequestHandler } from '../local/in-process.ts';
import type { Template } from '../local/intrinsics.ts';
import type { Call } from '../local/wire/messages.ts';
import { bakedImageId } from '../local/world.ts';
import { must } from '../shared/adapters/answers.ts';
import { type Clients, toClients } from '../shared/adapters/clients.ts';
import { toTold } from '../shared/adapters/told.ts';
import { emptyMemory } from '../shared/core/memory.ts';
import type { Ledger } from '../shared/core/model.ts';
import type { LaunchRequest, UserSecret } from '../shared/ports.ts';
import { toStory } from '../shared/tell/story.ts';
import { toPorts } from '../shared/wire.ts';
import { start } from './stage.ts';

export type Deployed = ReturnType<typeof deployed>;

/** A world with the template deployed on it, and with what somebody else has made in it, who may do everything. */
export function deployed(template: Template) {
  const { world, stack, config } = deploy(template, 1, start);
  const denied: string[] = [];
  const calls: Call[] = [];
  world.onOccurrence((occurrence) => {
    if (occurrence.kind === 'denied') denied.push(occurrence.why);
  });
  const onCall = (call: Call | null) => {
    if (call) calls.push(call);
  };
  const toClientsOf = (credentials: Credentials): Clients =>
    toClients(
      { region: world.region, endpoints: { ec2: undefined, ssm: undefined, route53: undefined } },
      { requestHandler: toRequestHandler(world.call, { onCall }), credentials, maxAttempts: 1 },
    );
  const put = (Name: string, Type = 'String') =>
    world.call('ssm', 'PutParameter', { Name, Type, Value: '{}', Overwrite: true });
  const launch = (LaunchTemplateId: string) => {
    const input = { LaunchTemplate: { LaunchTemplateId }, ImageId: bakedImageId };
    const answer = world.call('ec2', 'RunInstances', {
      ...input,
      InstanceType: 't3.nano',
      MinCount: 1,
      MaxCount: 1,
    });
    return must((answer as RunInstancesCommandOutput).Instances?.[0]?.InstanceId, 'InstanceId');
  };
  return { world, stack, config, denied, calls, toClientsOf, put, launch };
}

const none = { hours: 0, dollars: 0 };
const ledger: Ledger = {
  month: '2026-11',
  until: 0,
  spot: none,
  onDemand: none,
  address: none,
  disk: none,
  alwaysOnDemand: none,
  days: {},
};
const request: LaunchRequest = {
  token: 'home-1-0',
  generation: 1,
  market: 'spot',
  pool: { type: 't3.nano', zone: 'us-east-1a' },
  imageId: bakedImageId,
  maxPrice: 0.004,
};

export const user: UserSecret = {
  password: 'correct-horse',
  presharedKey: null,
  publicKey: null,
  address: null,
  old: null,
  ownKey: false,
  rotatedAt: 0,
  expiresAt: null,
};

/** Has every adapter of the loop make every call that it can make. */
export async function callAsLoop(stage: Deployed): Promise<void> {
  const { world, stack, config, toClientsOf, put, launch } = stage;
  const reconcile = stack.functions.find((one) => one.name.endsWith('-reconcile'));
  const clients = toClientsOf(toFunctionCredentials(stack, must(reconcile, 'a function')));
  const { servers, addresses, strays, state, secrets, commands, name } = toPorts(
    config,
    clients,
    () => world.timers.now,
  );
  const serverId = launch(config.templates.spot.id);
  const tags = (ResourceType: string) => [
    { ResourceType, Tags: [{ Key: 'perennial:vpn', Value: config.policy.vpn }] },
  ];
  const { VolumeId } = world.call('ec2', 'CreateVolume', {
    AvailabilityZone: 'us-east-1a',
    TagSpecifications: tags('volume'),
  }) as { VolumeId: string };
  world.call('ec2', 'RequestSpotInstances', { TagSpecifications: tags('spot-instances-request') });
  const [spotRequestId = ''] = [...world.spotRequests.keys()];
  put('/perennial/home/state/journal');
  put(`/perennial/home/state/servers/${serverId}`);
  put('/perennial/home/users/ann', 'SecureString');
  put('/perennial/home/addresses/10.40.2.2');
  const { AllocationId } = world.call('ec2', 'AllocateAddress', {
    TagSpecifications: tags('elastic-ip'),
  }) as { AllocationId: string };
  const otherId = launch(config.templates.spot.id);
  world.timers.advance(world.timers.now + 60_000);

  await attempt(stage, [
    () => servers.list(),
    () => servers.prices(['t3.nano'], world.timers.now),
    () => servers.impaired([serverId]),
    () => servers.launch(request),
    () => servers.launch({ ...request, token: 'home-1-1', market: 'on-demand', maxPrice: null }),
    () => servers.terminate(serverId),
    () => addresses.list(),
    () => addresses.allocate(),
    () => addresses.move(AllocationId, otherId),
    () => addresses.release(AllocationId),
    () => strays.list(),
    () => strays.remove({ kind: 'volume', id: VolumeId }),
    () => strays.remove({ kind: 'spot-request', id: spotRequestId }),
    () => state.read(),
    () => state.readJournal(null),
    () => state.readJournal(1),
    () => state.writeJournal({ entries: [], memory: emptyMemory }),
    () => state.writeLedger(ledger, { ...ledger, month: '2026-10' }),
    () => state.announce({ address: '203.0.113.9', from: null, to: serverId }),
    () => state.forget(serverId),
    // Who adds users, claims addresses for them or reads a secret is not the loop.
    () => secrets.list(),
    () => secrets.replace('ann', user),
    () => secrets.remove('ann'),
    () => secrets.release('10.40.2.2'),
    () => secrets.createServerKey('private', 'public'),
    () => commands.applySecrets(serverId),
    () => name.read(),
    () => name.point('192.0.2.1'),
  ]);
}

/** Has the telling make every call that it can make. */
export async function callAsTelling(stage: Deployed): Promise<void> {
  const { stack, config, toClientsOf, put } = stage;
  const tell = stack.functions.find(({ name }) => name.endsWith('-tell'));
  const clients = toClientsOf(toFunctionCredentials(stack, must(tell, 'the function')));
  const told = toTold(clients, config.policy.vpn);
  const id = '2026-11-22T05.00.00.000Z-incident';
  put('/perennial/home/state/journal');
  put('/perennial/home/state/ledger');
  put('/perennial/home/api/attempts');
  put('/perennial/home/slack', 'SecureString');
  const story = toStory({ memory: emptyMemory, entries: [] });
  await attempt(stage, [
    () => told.read(),
    () => told.readJournal(1),
    () => told.saveBookmark({ version: 1, story }),
    () => told.tries(id),
    () => told.claim(id, 1, 0),
    () => told.settle(id, 1, { outcome: 'told', at: 0 }),
    () => told.forget(Number.POSITIVE_INFINITY),
  ]);
}

/** What a server's agent calls. */
export async function callAsServer(stage: Deployed): Promise<void> {
  const { put } = stage;
  const { ssm, id } = toServer(stage);
  const [user, key] = ['/perennial/home/users/ann', '/perennial/home/keys/wireguard'];
  for (const name of [user, key]) put(name, 'SecureString');
  put('/perennial/home/state/move');
  const byPath = (Path: string) => () =>
    ssm.send(new GetParametersByPathCommand({ Path, WithDecryption: true }));
  const read = (Name: string) => () =>
    ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
  const Name = `/perennial/home/state/servers/${id}`;
  const report = { Name, Type: 'String' as const, Value: '{}', Overwrite: true };
  const asCanary = { ...report, Name: `/perennial/home/bake/canaries/${id}` };
  await attempt(stage, [
    byPath('/perennial/home/users'),
    byPath('/perennial/home/keys'),
    read(user),
    // During a rotation's grace time the old secret goes on.
    read(`${user}:1`),
    read(key),
    () => ssm.send(new PutParameterCommand(report)),
    () => ssm.send(new PutParameterCommand(asCanary)),
    byPath('/perennial/home/state/servers'),
    read('/perennial/home/state/move'),
  ]);
}

/** A server that runs, and clients with what its metadata hands out. */
export function toServer({ world, config, launch, toClientsOf }: Deployed) {
  const id = launch(config.templates['on-demand'].id);
  const record = must(world.instances.get(id), 'the instance');
  const credentials = must(toServerCredentials(world, record), 'credentials');
  return { id, ...toClientsOf(credentials) };
}

/** One call's denial must not hide the next one's; any other failure is a fault of the test. */
export async function attempt(
  { denied }: Deployed,
  calls: (() => Promise<unknown>)[],
): Promise<void> {
  for (const call of calls) {
    const before = denied.length;
    try {
      await call();
    } catch (error) {
      if (denied.length === before) throw error;
    }
  }
}
