/** The one operation of EventBridge that a server or a test calls; typed by hand, in the SDK's notation, as its client is not installed. */

const namespace = 'com.amazonaws.eventbridge';
const [string, number, time, strings] = [0, 1, 4, 64];

const entry = [
  3,
  namespace,
  'PutEventsRequestEntry',
  0,
  ['Time', 'Source', 'Resources', 'DetailType', 'Detail', 'EventBusName', 'TraceHeader'],
  [time, string, strings, string, string, string, string],
];

const resultEntry = [
  3,
  namespace,
  'PutEventsResultEntry',
  0,
  ['EventId', 'ErrorCode', 'ErrorMessage'],
  [string, string, string],
];

const list = (name: string, item: unknown) => [1, namespace, name, 0, item];
const entries = list('PutEventsRequestEntryList', entry);
const resultEntries = list('PutEventsResultEntryList', resultEntry);

// The number behind the members says how many of the first of them are required.
const request = [
  3,
  namespace,
  'PutEventsRequest',
  0,
  ['Entries', 'EndpointId'],
  [entries, string],
  1,
];
const response = [
  3,
  namespace,
  'PutEventsResponse',
  0,
  ['FailedEntryCount', 'Entries'],
  [number, resultEntries],
];

export const PutEvents$ = [9, namespace, 'PutEvents', 2, request, response];
