/** The protocol of Lambda and Fault Injection Service: the operation in method and path, JSON in both directions. */
import { AwsFault } from '../fault.ts';
import { encodeJson, readJson, refuseLacking } from './aws-json.ts';
import { readBindings } from './bindings.ts';
import type { Service } from './messages.ts';
import type { Protocol } from './protocol.ts';
import { findRoute } from './routes.ts';
import type { Scalar, Shape } from './schema.ts';
import { fromText } from './values.ts';

const contentType = 'application/json';

export function toRestJson(service: Service): Protocol {
  return {
    decode(request, body) {
      const found = findRoute(service, request.method, request.path);
      if (!found) throw new AwsFault('UnknownOperationException', '', 404);
      const { operation, labels } = found;
      const input = {
        ...(body ? readJson(operation.input, body) : {}),
        ...readBindings(operation, request, labels, readScalar),
      };
      refuseLacking(operation.input, input);
      return { operation, input };
    },

    encode: (operation, output) => ({
      status: operation.route?.status ?? 200,
      headers: { 'content-type': contentType },
      body: encodeJson(operation, output),
    }),

    encodeFault: ({ code, message, status }) => ({
      status,
      headers: { 'content-type': contentType, 'x-amzn-errortype': code },
      body: JSON.stringify(
        service === 'lambda'
          ? { Type: status < 500 ? 'User' : 'Server', Message: message }
          : { message },
      ),
    }),
  };
}

function readScalar(shape: Shape, text: string, name: string): unknown {
  const value = fromText(shape as Scalar, text);
  if (value !== undefined) return value;
  throw new AwsFault('SerializationException', `'${text}' is no ${shape.kind}, as ${name} is`);
}
