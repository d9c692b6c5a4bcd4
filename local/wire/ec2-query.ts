/** EC2's own protocol: form-encoded calls, answered in XML. */
import type { Protocol } from './protocol.ts';
import { decodeQuery } from './query.ts';
import { nothing, operationsOf } from './schema.ts';
import { declaration, element, escapeXml, toXml } from './xml.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const headers = { 'content-type': 'text/xml;charset=UTF-8' };

export const ec2Query: Protocol = {
  decode: (request, body) => decodeQuery(request, body, operationsOf('ec2'), null),

  encode({ name, output: shape }, output, requestId) {
    const content = shape === nothing ? '<return>true</return>' : toXml(shape, output, name);
    const id = element('requestId', requestId);
    return {
      status: 200,
      headers,
      body: declaration + element(`${name}Response`, id + content, namespace),
    };
  },

  encodeFault({ code, message, status }, requestId) {
    const error = element('Code', escapeXml(code)) + element('Message', escapeXml(message));
    const errors = element('Errors', element('Error', error));
    return {
      status,
      headers,
      body: declaration + element('Response', errors + element('RequestID', requestId)),
    };
  },
};
