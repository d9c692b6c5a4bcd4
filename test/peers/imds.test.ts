/** The `aws` command takes its credentials from the played metadata service, as it does on a real instance. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Door, openDoor } from '../../local/door.ts';
import { toImds } from '../../local/imds.ts';
import { bakedImageId } from '../../local/world.ts';
import { setStage, start } from '../stage.ts';
import { run } from './aws.ts';

const { world } = setStage();
const callers: (string | undefined)[] = [];
let door: Door;

beforeAll(async () => {
  world.call('ec2', 'RunInstances', {
    MinCount: 1,
    MaxCount: 1,
    ImageId: bakedImageId,
    InstanceType: 't3.nano',
  });
  world.timers.advance(start + 60_000);
  const [instanceId = ''] = world.instances.keys();
  const look = <T>(call: () => T) => call();
  const credentials = { accessKeyId: 'ASIA1', secretAccessKey: 'x', sessionToken: 'session' };
  const imds = toImds({ world, instanceId, look, roleName: 'server', credentials });
  const onCall = (call: { accessKeyId: string } | null) => callers.push(call?.accessKeyId);
  door = await openDoor({ call: world.call, routes: [imds], onCall });
});
afterAll(() => door.close());

test('asks with the credentials of the role', async () => {
  const env = {
    AWS_ENDPOINT_URL: door.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: door.url,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const ran = await run(
    `${inject('peersBin')}/aws`,
    ['ec2', 'describe-instances', '--output', 'json'],
    env,
  );
  expect(ran).toMatchObject({ code: 0 });
  expect(callers).toEqual(['ASIA1']);
});
