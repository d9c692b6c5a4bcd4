/** A played AWS with a server that runs and serves, without any loop. */
import type { InstanceRecord } from '../../local/ec2/instances.ts';
import { bakedImageId, type World, type WorldOptions } from '../../local/world.ts';
import { makeKeyPair } from '../../shared/users/credentials.ts';
import { setStage } from '../stage.ts';

export interface Running {
  world: World;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: every operation has an answer of its own
  ask: (operation: string, input: object) => any;
  wait: (ms: number) => void;
  /** One more, just asked for. */
  launch: () => Running;
  /** What it last said of itself, and null before it has. */
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  report: () => any;
}

/** Ten seconds pending and thirty to boot; after twenty Systems Manager knows it. */
const steady: WorldOptions['times'] = {
  pendingMs: () => 10_000,
  bootMs: () => 30_000,
  managedMs: () => 20_000,
};

export function setRunning(times: WorldOptions['times'] = {}): Running {
  const { world } = setStage({ times: { ...steady, ...times } });
  putServerKey(world);
  const running = launch(world);
  running.wait(60_000);
  return running;
}

/** As the first pass of the loop makes it. */
function putServerKey(world: World): void {
  const { privateKey, publicKey } = makeKeyPair();
  world.call('ssm', 'PutParameter', {
    Name: '/perennial/home/keys/wireguard',
    Type: 'SecureString',
    Value: JSON.stringify({ privateKey }),
    Description: JSON.stringify({ publicKey }),
  });
}

function launch(world: World): Running {
  const wait = (ms: number) => world.timers.advance(world.timers.now + ms);
  const Tags = [{ Key: 'perennial:vpn', Value: 'home' }];
  const { Instances } = world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
    InstanceMarketOptions: { MarketType: 'spot' },
    TagSpecifications: [{ ResourceType: 'instance', Tags }],
  }) as { Instances: { InstanceId: InstanceRecord['id'] }[] };
  const id = Instances[0]?.InstanceId ?? '';
  return {
    world,
    id,
    wait,
    ask: (operation, input) => world.call('ssm', operation, input),
    launch: () => launch(world),
    report() {
      const record = world.parameters.get(`/perennial/home/state/servers/${id}`);
      return JSON.parse(record?.versions.at(-1)?.value ?? 'null');
    },
  };
}
