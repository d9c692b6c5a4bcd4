/** What the API takes and answers, as JSON Schemas. Objects are closed: a field that is not here is not answered. */
import { closed, listOf, orNull, ref, type Schema } from './shapes.ts';

export const time = { type: 'string', format: 'date-time' };
export const userName = {
  type: 'string',
  pattern: '^[a-z][a-z0-9._-]{0,19}$',
  examples: ['alice'],
};
const text = { type: 'string' };
const flag = { type: 'boolean' };
const dollars = { type: 'number', minimum: 0 };
const count = { type: 'integer', minimum: 0 };
const market = { enum: ['spot', 'on-demand'] };
const protocol = { enum: ['pptp', 'wireguard'] };
const amount = closed({ hours: { type: 'number', minimum: 0 }, dollars });

const clock = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['08:00'] };
const day = { enum: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };

export const schemas: Record<string, Schema> = {
  Problem: {
    description: 'What is wrong, and in `detail` what to do about it (RFC 9457).',
    ...closed(
      {
        type: { type: 'string', format: 'uri-reference' },
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: text,
        errors: listOf(closed({ at: text, detail: text })),
      },
      ['errors'],
    ),
  },
  Status: closed({
    vpn: text,
    name: { ...text, description: 'The DNS name that people connect to.' },
    protocols: listOf(protocol),
    at: time,
    state: { enum: ['serving', 'starting', 'recovering', 'stopping', 'off', 'stuck'] },
    power: ref('Power'),
    server: orNull(ref('Server')),
    sessions: count,
    who: listOf(ref('Session')),
    secrets: closed({
      current: { ...flag, description: 'Whether the server has the newest secrets.' },
      lacking: listOf(text, { description: 'What of them it lacks, in words.' }),
    }),
    incident: orNull(closed({ since: time, serverId: text, lost: flag })),
    lastIncident: {
      ...orNull(ref('Incident')),
      description: 'The last that is over, while the journal remembers it.',
    },
    month: orNull(closed({ month: text, dollars, saving: { type: 'number' } })),
    plan: listOf(text, { description: 'What the loop is about to do, in sentences.' }),
    cap: { ...dollars, description: 'The most that spot may cost, dollars an hour.' },
    onDemand: { ...dollars, description: 'The cheapest type on demand, dollars an hour.' },
    unread: listOf(text, { description: 'What AWS did not tell just now.' }),
  }),
  Power: closed({
    wanted: { enum: ['on', 'off'] },
    why: text,
    next: orNull(closed({ at: time, power: { enum: ['on', 'off'] }, why: text })),
    until: orNull(time),
    idleMinutes: orNull(count),
  }),
  Server: closed({
    id: text,
    market,
    type: text,
    zone: orNull(text),
    address: orNull(text),
    since: time,
    dollarsPerHour: orNull(dollars),
    serving: flag,
  }),
  Session: closed({
    user: text,
    protocol,
    since: time,
    bytes: count,
  }),
  Start: closed({ until: { ...time, description: 'Then it turns off by itself.' } }, ['until']),
  Stop: {
    ...closed(
      {
        until: { ...time, description: 'Then it turns on by itself.' },
        afterIdleMinutes: {
          ...count,
          minimum: 5,
          maximum: 10_080,
          description: 'Goes on until nobody has used it for so long.',
        },
      },
      ['until', 'afterIdleMinutes'],
    ),
    description: 'One of the two, or neither: at once.',
    maxProperties: 1,
  },
  Schedule: closed({
    timeZone: { ...text, minLength: 1, maxLength: 64, examples: ['Europe/Berlin'] },
    on: listOf(closed({ days: listOf(day, { maxItems: 7 }), from: clock, to: clock }), {
      maxItems: 14,
      description: 'On at these times, off at all others.',
    }),
  }),
  Users: closed({ users: listOf(ref('User')) }),
  User: closed({
    name: userName,
    version: { type: 'integer', minimum: 1, description: "The secret's version." },
    rotated: time,
    expires: orNull(time),
    publicKey: orNull(text),
    address: orNull({ ...text, description: "The user's address in the WireGuard tunnel." }),
    ownKey: { ...flag, description: 'Whether only the user has the private key.' },
    grace: orNull(closed({ version: count, until: time })),
    applied: { ...flag, description: 'Whether the server has this version.' },
  }),
  NewUser: closed(
    {
      name: userName,
      expires: { ...time, description: 'Then the user is removed.' },
      publicKey: {
        type: 'string',
        pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$',
        description: "The user's own WireGuard public key; without it a pair is made.",
      },
    },
    ['expires', 'publicKey'],
  ),
  Rotate: closed(
    {
      graceMinutes: {
        ...count,
        maximum: 10_080,
        description: 'So long the old secrets still hold.',
      },
    },
    ['graceMinutes'],
  ),
  Shown: {
    description: 'New secrets of a user, shown this once.',
    ...closed({
      user: userName,
      version: { type: 'integer', minimum: 1 },
      password: text,
      wireguard: orNull(
        closed({
          privateKey: orNull({ ...text, description: 'Null where the user has it already.' }),
          presharedKey: text,
          address: text,
          serverPublicKey: text,
          config: { ...text, description: 'The whole configuration, as WireGuard reads it.' },
        }),
      ),
    }),
  },
  AllShown: closed({
    rotated: listOf(ref('Shown')),
    failed: listOf(closed({ user: userName, says: text }), {
      description: 'Who keeps what they had, and why.',
    }),
  }),
  Profile: closed({
    user: userName,
    system: text,
    steps: listOf(text),
    files: listOf(closed({ name: text, protocol, mediaType: text, content: text })),
  }),
  Prices: closed({
    cap: dollars,
    from: time,
    to: time,
    pools: listOf(
      closed({
        type: text,
        zone: text,
        onDemand: dollars,
        points: listOf({
          type: 'array',
          items: { type: 'number', minimum: 0 },
          minItems: 2,
          maxItems: 2,
          description: 'Epoch milliseconds, and dollars an hour from then on.',
        }),
      }),
    ),
    moves: listOf(
      closed({ at: time, market: orNull(market), type: orNull(text), zone: orNull(text) }),
      { description: 'Where the name moved; nulls where it was parked.' },
    ),
  }),
  Journal: closed({
    entries: listOf({
      type: 'object',
      properties: { at: time, kind: text, why: text },
      required: ['at', 'kind', 'why'],
      description: 'The newest first. Each kind has more fields of its own.',
    }),
    before: orNull({ ...time, description: 'Asks for the entries before these.' }),
    incidents: listOf(ref('Incident'), { description: 'The last ten, the newest first.' }),
  }),
  Incident: closed({
    at: time,
    serverId: text,
    why: text,
    end: orNull(
      closed({
        at: time,
        serverId: orNull(text),
        outageSeconds: { type: 'number', minimum: 0 },
        gapMs: orNull({ ...count, description: "What WireGuard's clients missed." }),
      }),
    ),
  }),
  Ledger: closed({
    month: { type: 'string', pattern: '^\\d{4}-\\d\\d$' },
    until: time,
    spot: amount,
    onDemand: amount,
    address: amount,
    disk: amount,
    alwaysOnDemand: amount,
    days: {
      type: 'object',
      additionalProperties: closed({
        wanted: { type: 'number', minimum: 0 },
        out: { type: 'number', minimum: 0 },
      }),
      description:
        'By the day of the month, like 07: hours wanted, and those of them without the VPN.',
    },
    dollars,
    saving: { type: 'number', description: 'Against one server always on demand.' },
  }),
  SlackCommand: {
    ...closed({ text: { ...text, examples: ['status'] }, user_id: text }),
    additionalProperties: { ...text, description: 'Slack sends more, which is not read.' },
  },
  SlackAnswer: closed({ response_type: { const: 'ephemeral' }, text }),
  Gateway: { ...closed({ message: text }), description: "API Gateway's own refusal." },
  Health: closed({ ok: { const: true } }),
};
