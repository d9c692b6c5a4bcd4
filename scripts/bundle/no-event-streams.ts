/** Stands in for the SDK's event streams: no operation of ours has one, and they cost 20 kB and node:zlib. */
export class EventStreamSerde {
  constructor() {
    throw new Error('An operation of the AWS SDK has an event stream: bundles leave them out');
  }
}

export function eventStreamSerdeProvider(): never {
  throw new Error('An operation of the AWS SDK has an event stream: bundles leave them out');
}
