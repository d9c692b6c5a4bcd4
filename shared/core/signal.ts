/** What an event from EventBridge means to the loop. A signal only wakes it and adds a fact. */

/** `at` is the event's own time. All times are epoch milliseconds; a `serverId` is an EC2 instance id. */
export type Signal =
  | { kind: 'tick' }
  /** AWS will take the server: two minutes after `at`, or at once if the action is hibernate. */
  | { kind: 'interruption'; serverId: string; action: string; at: number }
  /** The server is likelier than others to be taken; AWS may never take it. */
  | { kind: 'rebalance'; serverId: string; at: number }
  | { kind: 'state'; serverId: string; state: string; at: number }
  | { kind: 'fulfilled'; serverId: string; requestId: string; at: number }
  /** AWS has taken the servers, perhaps without an interruption before. */
  | { kind: 'evicted'; serverIds: string[]; at: number }
  /** AWS plans to reboot, stop or retire the servers, as `code` says, from `startsAt` on. */
  | { kind: 'maintenance'; serverIds: string[]; startsAt: number; code: string; at: number }
  /** A parameter of this VPN's state, users or keys changed, but for the journal and the ledger. */
  | { kind: 'parameter'; name: string; operation: string; at: number }
  | { kind: 'command'; commandId: string; serverId: string; status: string; at: number }
  /** Nothing of ours, or nothing that makes sense; `why` is a sentence of less than 200 characters. */
  | { kind: 'ignored'; why: string };

/** Never throws: whatever comes, however odd, is a signal, if only an ignored one. */
export function toSignal(event: unknown, vpn: string): Signal {
  const envelope = toFields(event);
  if (!envelope) return ignored(`What came is no event: it is ${quote(event)}`);
  const { source, 'detail-type': type, time, detail } = envelope;
  if (typeof source !== 'string' || typeof type !== 'string')
    return ignored(`What came is no event: source ${quote(source)}, type ${quote(type)}`);
  const parse = parsers.get(`${source}/${type}`);
  if (!parse) return ignored(`Nothing here listens to ${quote(type)} of ${quote(source)}`);
  return parse({ type, time, detail: toFields(detail) ?? {}, vpn });
}

type Fields = Readonly<Record<string, unknown>>;
type Envelope = { type: string; time: unknown; detail: Fields; vpn: string };

/** By source and detail-type. A Map, since a foreign name like "constructor" finds something in an object. */
const parsers = new Map<string, (event: Envelope) => Signal>([
  ['aws.events/Scheduled Event', () => ({ kind: 'tick' })],
  // EventBridge Scheduler says the same in other words, with the text "{}" for a detail.
  ['aws.scheduler/Scheduled Event', () => ({ kind: 'tick' })],
  ['aws.ec2/EC2 Spot Instance Interruption Warning', toInterruption],
  ['aws.ec2/EC2 Instance Rebalance Recommendation', toRebalance],
  ['aws.ec2/EC2 Instance State-change Notification', toState],
  ['aws.ec2/EC2 Spot Instance Request Fulfillment', toFulfilled],
  ['aws.ec2/AWS Service Event via CloudTrail', toEvicted],
  ['aws.health/AWS Health Event', toMaintenance],
  ['aws.ssm/Parameter Store Change', toParameter],
  // The command as a whole has an event too, without its servers and with its parameters in clear.
  ['aws.ssm/EC2 Command Invocation Status-change Notification', toCommand],
]);

function toInterruption(event: Envelope): Signal {
  return read(event, ['serverId', 'action'], (facts) => ({ kind: 'interruption', ...facts }));
}

function toRebalance(event: Envelope): Signal {
  return read(event, ['serverId'], (facts) => ({ kind: 'rebalance', ...facts }));
}

function toState(event: Envelope): Signal {
  return read(event, ['serverId', 'state'], (facts) => ({ kind: 'state', ...facts }));
}

function toFulfilled(event: Envelope): Signal {
  return read(event, ['serverId', 'requestId'], (facts) => ({ kind: 'fulfilled', ...facts }));
}

function toCommand(event: Envelope): Signal {
  return read(event, ['commandId', 'serverId', 'status'], (facts) => ({
    kind: 'command',
    ...facts,
  }));
}

function toEvicted(event: Envelope): Signal {
  return read(event, ['record'], ({ record, at }) => {
    if (record !== 'BidEvictedEvent')
      return ignored(`CloudTrail tells of ${quote(record)}, which takes no server away`);
    const serverIds = toServerIds(toFields(event.detail.serviceEventDetails)?.instanceIdSet);
    if (serverIds.length === 0) return ignored('CloudTrail tells of an eviction, but of no server');
    return { kind: 'evicted', serverIds, at };
  });
}

function toMaintenance(event: Envelope): Signal {
  return read(event, ['service', 'category', 'code'], ({ service, category, code, at }) => {
    const { statusCode, affectedEntities, startTime } = event.detail;
    if (service !== 'EC2' || category !== 'scheduledChange')
      return ignored(`AWS Health tells of ${quote(code)}, which is no scheduled change of EC2`);
    if (statusCode === 'closed') return ignored(`AWS Health says that ${quote(code)} is over`);
    // A long list comes in pages, each an event of its own with its own servers.
    const serverIds = toServerIds(
      toList(affectedEntities).map((one) => toFields(one)?.entityValue),
    );
    if (serverIds.length === 0) return ignored(`AWS Health names no server for ${quote(code)}`);
    const startsAt = toTime(startTime, httpTime);
    if (startsAt === null) return unusable(event, 'startTime', startTime);
    return { kind: 'maintenance', serverIds, startsAt, code, at };
  });
}

function toParameter(event: Envelope): Signal {
  return read(event, ['name', 'operation'], ({ name, operation, at }) => {
    const ours = `/perennial/${event.vpn}/`;
    const [, own] = /^state\/(journal|ledger)$/.exec(name.slice(ours.length)) ?? [];
    if (own && name.startsWith(ours))
      return ignored(`The ${own} changed, which the loop itself writes and need not hear of`);
    if (!name.startsWith(ours) || !/^(?:state|users|keys)\/./.test(name.slice(ours.length)))
      return ignored(`Parameter ${quote(name)} is none of this VPN's state, users or keys`);
    return { kind: 'parameter', name, operation, at };
  });
}

/** Longer than AWS's longest word for such a thing, and printable, since people will read it. */
const word = /^[\x20-\x7e]{1,100}$/;
const serverIdShape = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/** Our words, AWS's words, and what they must look like. A detail's field means the same in every event. */
const fields = {
  serverId: ['instance-id', serverIdShape],
  action: ['instance-action', /^(?:terminate|stop|hibernate)$/],
  state: ['state', /^(?:pending|running|stopping|stopped|shutting-down|terminated)$/],
  requestId: ['spot-instance-request-id', word],
  commandId: ['command-id', word],
  status: ['status', word],
  record: ['eventName', word],
  service: ['service', word],
  category: ['eventTypeCategory', word],
  code: ['eventTypeCode', word],
  name: ['name', /^[\w./-]{1,2048}$/], // Parameter Store's own alphabet and limit.
  operation: ['operation', word],
} as const satisfies Record<string, [field: string, shape: RegExp]>;

/** Goes on with the wanted fields and the event's time; the first that makes no sense is the why. */
function read<Name extends keyof typeof fields>(
  event: Envelope,
  wanted: Name[],
  then: (facts: Record<Name, string> & { at: number }) => Signal,
): Signal {
  const at = toTime(event.time, isoTime);
  if (at === null) return unusable(event, 'time', event.time);
  const facts = {} as Record<Name, string>;
  for (const name of wanted) {
    const [field, shape] = fields[name];
    const value = event.detail[field];
    if (typeof value !== 'string' || !shape.test(value)) return unusable(event, field, value);
    facts[name] = value;
  }
  return then({ ...facts, at });
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** AWS Health's own: "Sat, 05 Jun 2016 15:10:09 GMT", with or without the leading zero. */
const httpTime = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** The shape comes first, since Date.parse guesses at almost any text, in the machine's own time zone. */
function toTime(value: unknown, shape: RegExp): number | null {
  const time = typeof value === 'string' && shape.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** AWS Health names an instance by its id or, since 2026, by its ARN, among resources of other kinds. */
function toServerIds(values: unknown): string[] {
  return toList(values)
    .map((value) => (typeof value === 'string' ? value.replace(/^arn:[^/]*:instance\//, '') : ''))
    .filter((id) => serverIdShape.test(id));
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function toFields(value: unknown): Fields | null {
  const named = typeof value === 'object' && value !== null && !Array.isArray(value);
  return named ? (value as Fields) : null;
}

function unusable({ type }: Envelope, field: string, value: unknown): Signal {
  return ignored(`${quote(type)} can't be used: its ${field} is ${quote(value)}`);
}

function ignored(why: string): Signal {
  return { kind: 'ignored', why };
}

/** Two quotes and a sentence stay under 200 characters. */
const quoteCharsMax = 70;

/** Foreign text for people: cut and printable. Of anything but text only its kind, however deep it is. */
function quote(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'string') return `a JSON ${typeof value}`;
  const text = value.slice(0, quoteCharsMax).replace(/[^\x20-\x7e]/g, '?');
  return text.length < value.length ? `"${text}…"` : `"${text}"`;
}
