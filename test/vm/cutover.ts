/** PPTP when the address goes to another server: sessions can't follow, so they end at once, and cleanly. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dial, gone, hangUp } from './dial.ts';
import { addPerson, type Person, reach } from './people.ts';
import { agent, letIn, type Stage } from './stage.ts';

const password = 'osvCylQX';
/** How the agent keeps callers waiting for the other server. */
const isClosed = 'nft list set inet perennial closed | grep -q 1723';

export function testCutover(toStage: () => Stage): void {
  let stage: Stage;
  let ann: Person;
  const connect = () => dial(ann, stage.address, { user: 'cut', password });

  beforeAll(async () => {
    stage = toStage();
    ann = await addPerson(stage.client, 'cut', 90);
    stage.cloud.putUser('cut', { password, old: null });
    await letIn(stage);
  });
  afterAll(() => hangUp(stage.client));

  test('nothing ends while another server is only about to serve', async () => {
    expect(await connect()).toMatchObject({ connected: true });
    await stage.server.until('/usr/local/lib/perennial/agent report | grep -q \'"sessions": 1\'');
    await ann.must(reach('10.40.1.1'));
  });

  test('a session ends as soon as the move is announced, while its server can still say so', async () => {
    const { cloud, address } = stage;
    const move = { address, from: cloud.server.id, to: 'i-0123456789abcdef0' };
    cloud.change(() =>
      cloud.world.call('ssm', 'PutParameter', {
        Name: '/perennial/home/state/move',
        Type: 'String',
        Value: JSON.stringify(move),
      }),
    );
    // The network is as it was: nobody but the server can have ended it.
    await ann.must(gone);
    await stage.server.must(isClosed);
    expect((await agent(stage)).sessions).toBe(0);
  });

  test('who calls again waits for the other server, and is let in here if none has come', async () => {
    await stage.server.until(`! ${isClosed}`);
    expect(await connect()).toMatchObject({ connected: true });
    expect((await agent(stage)).sessions).toBe(1);
  });
}
