/** A spot server in a played account, and all that a drill needs to have AWS interrupt it. */
import { IAMClient } from '@aws-sdk/client-iam';
import { openDoor } from '../../local/door.ts';
import { isAlive } from '../../local/ec2/instances.ts';
import { AwsFault } from '../../local/fault.ts';
import type { AwsEvent, WorldOptions } from '../../local/world.ts';
import { toFis } from '../../scripts/vpn/drill/fis.ts';
import { type Outcome, type Working, withNotice } from '../../scripts/vpn/drill/notice.ts';
import { must } from '../../shared/adapters/answers.ts';
import { setStage } from '../stage.ts';

export type Scene = Awaited<ReturnType<typeof setScene>>;

export async function setScene({
  market = 'spot',
  tags = { 'perennial:vpn': 'home' },
  times,
}: {
  market?: 'spot' | 'on-demand';
  tags?: Record<string, string>;
  times?: WorldOptions['times'];
} = {}) {
  const { world, config } = setStage(times ? { times } : {});
  const launch = () => {
    const [LaunchTemplateId] = config.templates[market].id.split(':');
    const answer = world.call('ec2', 'RunInstances', {
      LaunchTemplate: { LaunchTemplateId },
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: 't3.nano',
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [
        {
          ResourceType: 'instance',
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        },
      ],
    }) as { Instances?: { InstanceId?: string }[] };
    return must(answer.Instances?.[0]?.InstanceId, 'InstanceId');
  };
  const serverId = launch();
  world.timers.advance(world.timers.now + 120_000);
  const events: AwsEvent[] = [];
  world.onEvent((event) => events.push(event));
  const calls: string[] = [];
  const door = await openDoor({
    call: world.call,
    onCall: (call) => {
      if (call) calls.push(`${call.service}:${call.operation}`);
    },
  });
  const options = {
    region: world.region,
    endpoint: door.url,
    credentials: async () => ({ accessKeyId: 'person', secretAccessKey: 'secret' }),
    maxAttempts: 1,
  };
  const interrupt = new AbortController();
  const said: string[] = [];
  const left: string[] = [];
  const { region, account } = world;
  const means: Working = {
    fis: toFis(options),
    iam: new IAMClient(options),
    place: { vpn: 'home', region, account, partition: 'aws' },
    signal: interrupt.signal,
    say: (words) => said.push(words),
    onLeft: (says) => left.push(says),
    async pause(ms) {
      interrupt.signal.throwIfAborted();
      world.timers.advance(world.timers.now + ms);
    },
  };
  return {
    world,
    serverId,
    launch,
    means,
    options,
    events,
    calls,
    said,
    left,
    interrupt,
    run: <T>(meanwhile: (sentAt: number | null) => Promise<T>): Promise<Outcome<T>> =>
      withNotice(means, serverId, meanwhile),
    /** From now on AWS refuses that operation. */
    refuse(operation: string, code: string, status = 403) {
      world.setFaults((service, asked) =>
        `${service}:${asked}` === operation
          ? new AwsFault(code, `${operation} was refused`, status)
          : null,
      );
    },
    /** What is left in the account of what the drill has made. */
    made: () => [...world.roles.keys(), ...world.fis.templates.keys()],
    isTaken: () => {
      const record = must(world.instances.get(serverId), 'the server');
      return record.takenAt !== null || !isAlive(record);
    },
    close: () => door.close(),
  };
}
