/** Lambda's protocol: the operation in method and path, JSON in the answer. Only calls without a body are played. */
import { AwsFault } from '../fault.ts';
import { encodeJson } from './aws-json.ts';
import type { Service } from './messages.ts';
import type { Protocol } from './protocol.ts';
import { findRoute } from './routes.ts';

const contentType = 'application/json';

export function toRestJson(service: Service): Protocol {
  return {
    decode({ method, path }) {
      const found = findRoute(service, method, path);
      if (!found) throw new AwsFault('UnknownOperationException', '', 404);
      return { operation: found.operation, input: Object.fromEntries(found.labels) };
    },

    encode: (operation, output) => ({
      status: operation.route?.status ?? 200,
      headers: { 'content-type': contentType },
      body: encodeJson(operation, output),
    }),

    encodeFault: ({ code, message, status }) => ({
      status,
      headers: { 'content-type': contentType, 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: status < 500 ? 'User' : 'Server', Message: message }),
    }),
  };
}
