/** The query protocol of STS, IAM and CloudFormation: form-encoded calls, answered in XML with a result in it. */
import type { Service } from './messages.ts';
import type { Protocol } from './protocol.ts';
import { decodeQuery } from './query.ts';
import { operationsOf } from './schema.ts';
import { declaration, element, toErrorXml, toXml } from './xml.ts';

const headers = { 'content-type': 'text/xml' };

export function toAwsQuery(service: Service, namespace: string): Protocol {
  return {
    decode: (request, body) => decodeQuery(request, body, operationsOf(service), 'member'),

    encode({ name, output: shape }, output, requestId) {
      const result = element(`${name}Result`, toXml(shape, output, name));
      const id = element('ResponseMetadata', element('RequestId', requestId));
      return {
        status: 200,
        headers,
        body: declaration + element(`${name}Response`, result + id, namespace),
      };
    },

    encodeFault(fault, requestId) {
      const content = toErrorXml(fault) + element('RequestId', requestId);
      return {
        status: fault.status,
        headers,
        body: declaration + element('ErrorResponse', content, namespace),
      };
    },
  };
}
