/** Answers one request to AWS, whichever door it came through. */
import { AwsFault } from './fault.ts';
import { checkSignedAt } from './signed-at.ts';
import { decode, encode, encodeFault, toAddressee } from './wire/codec.ts';
import type { Call, Service, WireRequest, WireResponse } from './wire/messages.ts';

/** The services behind the doors: answers in the SDK's output shape (times as Date), or throws an AwsFault. */
export type Services = (
  service: Service,
  operation: string,
  input: object,
  accessKeyId: string,
) => object | Promise<object>;

export type Outcome =
  | { kind: 'answered'; output: object; requestId: string }
  | { kind: 'refused'; fault: AwsFault; requestId: string };

/** The same as it went over the wire. */
export interface Exchange {
  request: WireRequest;
  response: WireResponse;
}

export interface Witnesses {
  /** Told of every request; the call is null when the request could not even be read. */
  onCall?: (call: Call | null, outcome: Outcome, exchange: Exchange) => void;
  /** Told of what should never happen: a service that throws no fault, an output that fits no model. */
  onFault?: (error: unknown) => void;
}

export interface AnswerOptions extends Witnesses {
  /** AWS's time, epoch milliseconds: with it, what was signed by a wrong clock is refused. */
  now?: () => number;
}

export async function answer(
  request: WireRequest,
  services: Services,
  requestId: string,
  { now, onCall, onFault }: AnswerOptions = {},
): Promise<WireResponse> {
  let call: Call | null = null;
  let response: WireResponse;
  let outcome: Outcome;
  try {
    call = decode(request);
    if (now) checkSignedAt(request, now());
    const output = await services(call.service, call.operation, call.input, call.accessKeyId);
    response = encode(call, output, requestId);
    outcome = { kind: 'answered', output, requestId };
  } catch (error) {
    if (!(error instanceof AwsFault)) onFault?.(error);
    const fault = error instanceof AwsFault ? error : internalFailure();
    response = encodeFault(toAddressee(request), fault, requestId);
    outcome = { kind: 'refused', fault, requestId };
  }
  onCall?.(call, outcome, { request, response });
  return response;
}

function internalFailure(): AwsFault {
  const message = 'The request processing has failed because of an unknown error.';
  return new AwsFault('InternalFailure', message, 500);
}
