/** The webhook's sender against a receiver on loopback that behaves as badly as receivers do. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Manner, type Slack, startSlack } from '../../local/slack.ts';
import { toSend } from '../../shared/adapters/webhook.ts';
import type { SlackMessage } from '../../shared/tell/message.ts';
import { Webhook } from '../../shared/tell/webhook.ts';
import { now } from '../core/scene.ts';

const message: SlackMessage = {
  text: 'vpn.example.org is on – at last',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'Now: somewhere' } }],
};
const timeoutMs = 300;
const send = toSend(timeoutMs, () => now);

let slack: Slack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.close());

function toWebhook(url: string): Webhook {
  const webhook = Webhook.parse(url);
  if (!webhook) throw new Error('it is a webhook');
  return webhook;
}

async function sendTo(manner: Manner) {
  slack.behave(manner);
  return send(toWebhook(slack.url), message);
}

test('what is taken arrives as it is', async () => {
  expect(await sendTo({ kind: 'takes' })).toEqual({ kind: 'taken' });
  expect(slack.messages).toEqual([{ ...message, at: expect.any(Number) }]);
});

test('asks for JSON to be read, on a connection of its own', async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await send(toWebhook(`http://localhost:${port}/`), message);
  server.close();
  expect(asked).toMatchObject([
    { connection: 'close', 'content-type': 'application/json; charset=utf-8' },
  ]);
});

describe('is asked again later when', () => {
  const answers = (status: number, headers = {}): Manner => ({ kind: 'answers', status, headers });
  const later = (why: string, afterMs: number | null = null) => ({ kind: 'later', why, afterMs });
  const cases: [string, Manner, object][] = [
    [
      'it has had too much, and says for how long',
      answers(429, { 'retry-after': '30' }),
      later('the receiver answers 429', 30_000),
    ],
    [
      'or until when',
      answers(429, { 'retry-after': new Date(now + 45_000).toUTCString() }),
      later('the receiver answers 429', 45_000),
    ],
    [
      'or says nothing that makes sense',
      answers(429, { 'retry-after': 'soon' }),
      later('the receiver answers 429'),
    ],
    ['it fails', answers(500), later('the receiver answers 500')],
    ['it is away', answers(503), later('the receiver answers 503')],
    ['it hangs', { kind: 'hangs' }, later('the receiver did not answer within 0.3 s')],
    [
      'it has taken the message, and hangs',
      { kind: 'takes and hangs' },
      later('the receiver did not answer within 0.3 s'),
    ],
    ['it breaks off', { kind: 'breaks off' }, later("the receiver can't be reached (ECONNRESET)")],
  ];
  test.each(cases)('%s', async (_, manner, delivery) => {
    expect(await sendTo(manner)).toEqual(delivery);
  });

  test('nobody is there', async () => {
    await slack.close();
    expect(await send(toWebhook(slack.url), message)).toEqual(
      later("the receiver can't be reached (ECONNREFUSED)"),
    );
  });

  test('it answers without end', async () => {
    const endless = createServer((_, response) => {
      response.writeHead(200);
      response.write('ok');
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo;
    const delivery = await send(toWebhook(`http://127.0.0.1:${port}/`), message);
    endless.closeAllConnections();
    endless.close();
    expect(delivery).toEqual(later('the receiver did not answer within 0.3 s'));
  });
});

describe('is not asked again when', () => {
  const gone = 'the webhook is gone, or its channel is; set a new one';
  test.each([
    [404, 'no_service', `the receiver answers 404 no_service: ${gone}`],
    [410, 'channel_is_archived', `the receiver answers 410 channel_is_archived: ${gone}`],
    [403, 'action_prohibited', 'the receiver answers 403 action_prohibited'],
    [302, '', 'the receiver answers 302'],
    [400, '<html>your token s3cr3t is wrong</html>', 'the receiver answers 400'],
  ])('it answers %i %s', async (status, body, why) => {
    const headers = { location: 'https://elsewhere.example/' };
    const delivery = await sendTo({ kind: 'answers', status, body, headers });
    expect(delivery).toEqual({ kind: 'refused', why });
    expect(slack.asked).toBe(1);
  });

  test.each([
    'http://hooks.slack.com/services/T0/B0/s3cr3t',
    'http://127.0.0.1.example.org/s3cr3t',
    'ftp://127.0.0.1/s3cr3t',
    's3cr3t',
  ])('its URL is %s', async (url) => {
    expect(await send(toWebhook(url), message)).toEqual({
      kind: 'refused',
      why: 'the parameter slack is no https URL',
    });
  });
});

test('nobody is told while there is no webhook, or it is "none"', () => {
  for (const text of [undefined, '', ' ', 'none', 'None\n']) expect(Webhook.parse(text)).toBeNull();
});

test('the URL is in nothing that is printed of it', () => {
  const webhook = toWebhook('https://hooks.slack.com/services/T0/B0/s3cr3t\n');
  const printed = [inspect(webhook, { showHidden: true, depth: null }), JSON.stringify(webhook)];
  expect(printed.join()).not.toContain('s3cr3t');
  expect(webhook.open()?.href).toBe('https://hooks.slack.com/services/T0/B0/s3cr3t');
});
