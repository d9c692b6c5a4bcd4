/** Messages as people read them, and as Slack takes them, whatever the news. */
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { readMessage } from '../../local/slack/message.ts';
import { type Sender, toMessage } from '../../shared/tell/message.ts';
import { type Money, toMoney } from '../../shared/tell/money.ts';
import type { News, Place } from '../../shared/tell/news.ts';
import { a, b, minuteMs, nano, nanoB, now } from '../core/scene.ts';
import { anyMoney, anyNews } from './any-news.ts';

const sender: Sender = { name: 'vpn.example.org', dashboard: 'https://dash.example.org/' };
const money: Money = { dollars: 1.234, saved: 2.345 };

const spot: Place = {
  serverId: a,
  market: 'spot',
  pool: nano,
  address: '203.0.113.10',
  perHour: 0.0014,
};
const onDemand: Place = {
  serverId: b,
  market: 'on-demand',
  pool: nanoB,
  address: '203.0.113.11',
  perHour: 0.0052,
};
const news = { id: 'one', at: now };

describe('people read', () => {
  const before = 'Before: t3.nano in us-east-1a on spot at $0.0014/h, 203.0.113.10';
  const launching = 't3.nano in us-east-1b on demand at $0.0052/h, since spot is dear';
  const month = '$1.23 this month so far, $2.35 less than always on demand';
  const incident = { ...news, kind: 'incident', lost: spot, launching } as const;
  const recovered = {
    ...news,
    kind: 'recovered',
    lost: spot,
    now: onDemand,
    gapMs: null,
  } as const;
  const cases: [string, News, string[]][] = [
    [
      'that AWS takes the server',
      { ...incident, cause: { kind: 'notice', endsAt: now + 2 * minuteMs } },
      [
        'AWS takes the server of vpn.example.org at 05:02:00 UTC',
        before,
        `Now launching ${launching}`,
        `Cost: ${month}`,
      ],
    ],
    [
      'that it has fallen silent',
      { ...incident, launching: null, cause: { kind: 'silent', since: now - minuteMs } },
      [
        'The server of vpn.example.org has fallen silent',
        'It was last heard of at 04:59:00 UTC',
        before,
        `Cost: ${month}`,
      ],
    ],
    [
      'that it went on',
      { ...recovered, outageMs: 0, isDrill: false },
      [
        'vpn.example.org goes on without an outage',
        'Now: t3.nano in us-east-1b on demand at $0.0052/h, 203.0.113.11',
        before,
        `Cost: $0.0111/h now, with address and disk; ${month}`,
      ],
    ],
    [
      'that it is back after a drill',
      { ...recovered, outageMs: 93_000, isDrill: true, now: spot },
      [
        'vpn.example.org is back after 1 min 33 s',
        'It was a drill',
        'The same server serves again: t3.nano in us-east-1a on spot at $0.0014/h, 203.0.113.10',
        `Cost: $0.0073/h now, with address and disk; ${month}`,
      ],
    ],
    [
      'that it was turned off instead',
      { ...recovered, outageMs: 0, isDrill: false, now: null },
      [
        'vpn.example.org is off',
        'It was turned off before another server served',
        `Cost: ${month}`,
      ],
    ],
    [
      'that it is back on spot',
      { ...news, kind: 'moved', from: onDemand, to: spot },
      [
        'vpn.example.org is back on spot',
        'In peace, without an outage',
        'Now: t3.nano in us-east-1a on spot at $0.0014/h, 203.0.113.10',
        'Before: t3.nano in us-east-1b on demand at $0.0052/h, 203.0.113.11',
        `Cost: $0.0073/h now, with address and disk; ${month}`,
      ],
    ],
    [
      'what keeps it from launching',
      { ...news, kind: 'stuck', why: "Can't launch: there is no image yet; bake one" },
      [
        'vpn.example.org: no server can be launched just now',
        "Can't launch: there is no image yet; bake one",
        'It is tried again and again; when one can be launched, this is told too',
      ],
    ],
    [
      'that it is off, and why',
      { ...news, kind: 'off', why: 'Nobody has used it for 30 minutes' },
      ['vpn.example.org is off', 'Nobody has used it for 30 minutes', `Cost: ${month}`],
    ],
    [
      'that somebody signs in with wrong tokens',
      { ...news, kind: 'guessed', since: now - minuteMs, count: 4, from: ['203.0.113.5'] },
      [
        'vpn.example.org: somebody signs in with wrong tokens',
        '4 since 04:59:00 UTC, from 203.0.113.5',
        'They wait longer after each; from elsewhere the right token counts all the while',
        "It can't be guessed. If this was you, it may have been rotated",
      ],
    ],
    [
      'nothing of what nobody told',
      {
        ...news,
        kind: 'on',
        to: { ...spot, market: null, perHour: null, address: null },
      },
      ['vpn.example.org is on', `Cost: ${month}`],
    ],
  ];
  test.each(cases)('%s', (_, one, lines) => {
    const { text } = toMessage(one, money, { ...sender, dashboard: null });
    expect(text.split('\n')).toEqual(lines);
  });
});

test('Slack shows the same in blocks: the title, what there is to say, and small print', () => {
  const off: News = { ...news, kind: 'on', to: spot };
  expect(toMessage(off, money, sender)).toEqual({
    text: [
      'vpn.example.org is on',
      'Now: t3.nano in us-east-1a on spot at $0.0014/h, 203.0.113.10',
      'Cost: $0.0073/h now, with address and disk; $1.23 this month so far, $2.35 less than always on demand',
      'Dashboard: https://dash.example.org/',
    ].join('\n'),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: 'vpn.example.org is on' } },
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: [
            'Now: t3.nano in us-east-1a on spot at $0.0014/h, 203.0.113.10',
            'Cost: $0.0073/h now, with address and disk; $1.23 this month so far, $2.35 less than always on demand',
          ].join('\n'),
        },
      },
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: `05:00:00 UTC · ${a} · <https://dash.example.org/|Dashboard>`,
          },
        ],
      },
    ],
  });
});

const textOf = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));

/**
 * Discord does not take Slack's channel, icon_emoji, mrkdwn and mrkdwn_in, as it publishes of its endpoint /slack.
 * Mattermost's IncomingWebhookRequest would take channel, username and others for more than they mean here.
 */
const others = {
  discord: v.strictObject({ text: textOf(2_000), blocks: v.array(v.unknown()) }),
  mattermost: v.strictObject({ text: textOf(16_383), blocks: v.array(v.unknown()) }),
};

test('whatever the news and its texts: Slack takes it, and Discord and Mattermost its text', () => {
  const dashboards = fc.constantFrom(null, 'https://dash.example.org/');
  fc.assert(
    fc.property(anyNews, anyMoney, dashboards, (one, cost, dashboard) => {
      const message = toMessage(one, cost, { ...sender, dashboard });
      expect(readMessage(JSON.stringify(message))).toEqual({ message });
      for (const schema of Object.values(others)) expect(v.is(schema, message)).toBe(true);
      // Neither needs to know blocks: the text has every line of them.
      const lines = message.blocks.flatMap((block) => ('text' in block ? [block.text.text] : []));
      if (!message.text.endsWith('…')) expect(message.text).toContain(lines.join('\n'));
    }),
    { numRuns: 2_000 },
  );
});

test('text from outside calls nobody and links nowhere', () => {
  const why = '<!channel> <https://evil.example|Sign in> & so on';
  const message = toMessage({ ...news, kind: 'stuck', why }, null, sender);
  const whole = JSON.stringify(message);
  expect(whole).not.toContain('<!channel>');
  expect(whole).not.toContain('<https://evil');
  expect(message.text).toContain('&lt;!channel&gt; &lt;https://evil.example|Sign in&gt; &amp; so');
});

describe('the month', () => {
  const none = { hours: 0, dollars: 0 };
  const ledger = {
    month: '2026-11',
    until: now,
    spot: { hours: 10, dollars: 0.02 },
    onDemand: { hours: 1, dollars: 0.01 },
    address: { hours: 11, dollars: 0.05 },
    disk: { hours: 11, dollars: 0.01 },
    alwaysOnDemand: { hours: 10, dollars: 0.12 },
    days: {},
  };
  test('is the sum of what it cost, and what was saved the rest', () => {
    const { dollars, saved } = toMoney(ledger) ?? {};
    expect(dollars).toBeCloseTo(0.09);
    expect(saved).toBeCloseTo(0.03);
    expect(toMoney(null)).toBeNull();
  });

  const cost = (one: Partial<Money>) =>
    toMessage({ ...news, kind: 'off', why: null }, { ...money, ...one }, sender).text;
  test.each([
    ['says when more was spent than saved', { saved: -0.5 }, '$0.50 more than always on demand'],
    ['or as much', { saved: 0.001 }, 'as much as always on demand'],
  ])('%s', (_, one, words) => {
    expect(cost(one)).toContain(words);
  });

  test('is left out while it is less than a cent', () => {
    expect(cost({ dollars: 0.004 })).not.toContain('Cost');
    expect(toMoney({ ...ledger, spot: none })?.dollars).toBeCloseTo(0.07);
  });
});
