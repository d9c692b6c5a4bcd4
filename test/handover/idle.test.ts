/** Whether anybody uses the VPN is counted by the real firewall, behind a real WireGuard. */
import { afterEach, expect, test } from 'vitest';
import { type HandoverStage, setHandover } from './stage.ts';

let stage: HandoverStage;
afterEach(() => stage?.close());

/** Where a host's WireGuard keeps its socket, which is in a mount namespace of its own. */
const enter = `own=$(ip netns identify $$)
  for pid in $(ip netns pids "$own"); do
    if grep -qsx wireguard-go /proc/$pid/comm; then wire=$pid; fi
  done
  nsenter -t $wire -m`;

test('keepalives come, and are no use of it; what somebody says is', async () => {
  stage = await setHandover();
  const { client, servers } = stage.network;
  const person = await stage.startPerson(['typing']);
  const [server] = servers;
  const ask = (script: string) => server?.run('sh', '-ec', script) ?? '';
  const heard = () =>
    Number(/packets (\d+)/.exec(ask('nft list counter inet perennial heard'))?.[1]);
  /** Bytes from the client, all of them. */
  const received = () => Number(ask(`${enter} wg show wg0 transfer`).split('\t')[1]);

  await person.pause();
  // What its end of the connection still has to say.
  await expect.poll(heard, { interval: 500, timeout: 10_000 }).toSatisfy(isSettled());
  const before = { heard: heard(), received: received() };
  client.run(
    'sh',
    '-ec',
    `${enter} sh -c 'wg set wg0 peer $(wg show wg0 peers) persistent-keepalive 1'`,
  );
  const keepaliveBytes = 32;
  await expect
    .poll(received, { interval: 200, timeout: 30_000 })
    .toBeGreaterThan(before.received + 3 * keepaliveBytes);
  expect(heard()).toBe(before.heard);

  await person.resume();
  await expect.poll(heard, { timeout: 10_000 }).toBeGreaterThan(before.heard);
});

/** Whether it is the same as the last time. */
function isSettled(): (now: number) => boolean {
  let last: number | undefined;
  return (now) => {
    const isSo = now === last;
    last = now;
    return isSo;
  };
}
