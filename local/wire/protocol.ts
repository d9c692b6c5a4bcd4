/** What each protocol gives to the codec. */
import type { AwsFault } from '../fault.ts';
import type { WireRequest, WireResponse } from './messages.ts';
import type { Operation } from './schema.ts';

export interface Protocol {
  /** Throws the AwsFault that AWS itself would answer. */
  decode(request: WireRequest, body: string): Decoded;
  encode(operation: Operation, output: object, requestId: string): WireResponse;
  encodeFault(fault: AwsFault, requestId: string): WireResponse;
}

export interface Decoded {
  operation: Operation;
  input: object;
}
