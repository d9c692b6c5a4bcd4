/** Secrets planted wherever the telling could come upon one: none of them gets out. */
import { expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { logged } from '../../shared/log.ts';
import { setDesk } from './desk.ts';
import { calm, incident, launched, newer, pointing, recovered } from './journals.ts';

const webhook = 's3cr3t-webhook';
const planted = ['s3cr3t-user', 's3cr3t-key', 's3cr3t-entry', 's3cr3t-ledger', webhook];

test('not in a message, not in what is kept, not in the log', async () => {
  const desk = await setDesk(`https://hooks.example.org/${webhook}`);
  const out: string[] = [];
  const { put, write, run, world } = desk;
  put('users/ann', '{"password": "s3cr3t-user"}', 'SecureString');
  put('keys/wireguard', '{"privateKey": "s3cr3t-key"}', 'SecureString');
  put('state/ledger', '{"password": "s3cr3t-ledger"}');
  const secret = { password: 's3cr3t-entry', serverId: 'i-0000000a', user: 's3cr3t-entry' };
  write(
    ...calm,
    { ...incident(0), ...secret, why: 'it fails' } as ReturnType<typeof incident>,
    newer(1, 'rotating', secret),
    newer(1, 'unrefreshed', secret),
    newer(60, 'unrefreshed', secret),
  );
  const log = (answer: unknown) => out.push(JSON.stringify(answer));
  log(await run(true, undefined, () => ({ kind: 'later', why: 'busy', afterMs: null })));
  desk.wait(60_000);
  const send: Parameters<typeof run>[2] = (message) => {
    out.push(JSON.stringify(message));
    return { kind: 'taken' };
  };
  log(await run(true, undefined, send));
  write(incident(0), launched(1), pointing(50), { ...recovered(60), ...secret } as never);
  log(await run(true, undefined, send));

  const kept = [...world.parameters].filter(([name]) => name.includes('/told/'));
  const values = kept.flatMap(([, { versions }]) => versions.map(({ value }) => value));
  const text = [...out, ...values].join('\n');
  expect(text).toContain('is replaced');
  expect(text).toContain('does not take its new secrets');
  expect(planted.filter((one) => text.includes(one))).toEqual([]);
});

test('not in what is logged of a fault', async () => {
  const { run, world, write } = await setDesk(`https://hooks.example.org/${webhook}`);
  write(...calm, incident(0));
  const lines: string[] = [];
  world.setFaults(() => new AwsFault('AccessDeniedException', 'not authorized', 400));
  const error = await run().catch((fault: Error) => fault);
  await logged((line) => lines.push(line)).onError?.({ error } as never);
  expect(lines.join()).toContain('AccessDeniedException');
  expect(lines.join()).not.toContain(webhook);
});
