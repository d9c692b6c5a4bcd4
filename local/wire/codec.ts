/** Turns HTTP requests into calls of AWS's operations, and outputs or faults into HTTP answers. */
import { AwsFault } from '../fault.ts';
import { noBuckets, noRepositories } from './absent.ts';
import { toAwsJson } from './aws-json.ts';
import { toAwsQuery } from './aws-query.ts';
import { ec2Query } from './ec2-query.ts';
import {
  type Call,
  type Service,
  services,
  type WireRequest,
  type WireResponse,
} from './messages.ts';
import type { Protocol } from './protocol.ts';
import { toRestJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';
import { operationsOf } from './schema.ts';

/** Far above any call here (a parameter holds 4 KB, user data 16 KB); keeps odd clients from filling the memory. */
export const bodyBytesMax = 1024 * 1024;

const protocols: Record<Service, Protocol> = {
  ec2: ec2Query,
  ssm: toAwsJson('ssm', 'AmazonSSM'),
  route53: restXml,
  events: toAwsJson('events', 'AWSEvents'),
  pricing: toAwsJson('pricing', 'AWSPriceListService'),
  sts: toAwsQuery('sts', 'https://sts.amazonaws.com/doc/2011-06-15/'),
  iam: toAwsQuery('iam', 'https://iam.amazonaws.com/doc/2010-05-08/'),
  cloudformation: toAwsQuery(
    'cloudformation',
    'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  ),
  servicequotas: toAwsJson('servicequotas', 'ServiceQuotasV20190624'),
  lambda: toRestJson('lambda'),
  fis: toRestJson('fis'),
  logs: toAwsJson('logs', 'Logs_20140328'),
  ecr: noRepositories,
  s3: noBuckets,
};

/** Throws an AwsFault for whatever AWS would refuse before its services look at it. */
export function decode(request: WireRequest): Call {
  const { accessKeyId, region, service } = toScope(request.headers.authorization);
  if (request.body.byteLength > bodyBytesMax)
    throw new AwsFault('RequestEntityTooLarge', 'The request is larger than 1 MiB.', 413);
  const { operation, input } = protocols[service].decode(request, toUnicode(request.body));
  return { service, operation: operation.name, input, accessKeyId, region };
}

/** Throws an Error when the output does not fit AWS's model. */
export function encode(call: Call, output: object, requestId: string): WireResponse {
  const operation = operationsOf(call.service).get(call.operation);
  if (!operation) throw new Error(`${call.service} has no operation ${call.operation}`);
  return identified(protocols[call.service].encode(operation, output, requestId), requestId);
}

export function encodeFault(service: Service, fault: AwsFault, requestId: string): WireResponse {
  return identified(protocols[service].encodeFault(fault, requestId), requestId);
}

/** Whose protocol a request speaks, by its looks when nothing says so: a refusal needs a form too. */
export function toAddressee(request: WireRequest): Service {
  const scoped = findScope(request.headers.authorization)?.service;
  const service = services.find((name) => name === scoped);
  if (service) return service;
  if (request.headers['x-amz-target']?.startsWith('AWSEvents.')) return 'events';
  if (request.headers['x-amz-target']) return 'ssm';
  return request.path.startsWith('/2013-04-01/') ? 'route53' : 'ec2';
}

function identified(response: WireResponse, requestId: string): WireResponse {
  return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
}

const credential =
  /^AWS4-HMAC-SHA256 .*?Credential=(?<accessKeyId>[^/,\s]+)\/\d{8}\/(?<region>[a-z0-9-]+)\/(?<service>[a-z0-9-]+)\/aws4_request\b/;

function findScope(authorization: string | undefined) {
  const found = credential.exec(authorization ?? '')?.groups;
  const { accessKeyId = '', region = '', service = '' } = found ?? {};
  return found && { accessKeyId, region, service };
}

/** Signatures are not verified: there are no secrets here, and the door is open to this machine only. */
function toScope(authorization: string | undefined) {
  if (!authorization)
    throw new AwsFault('MissingAuthenticationToken', 'Missing Authentication Token', 403);
  const scope = findScope(authorization);
  if (!scope)
    throw new AwsFault('IncompleteSignature', 'Authorization header names no credential scope.');
  const service = services.find((name) => name === scope.service);
  if (service) return { ...scope, service };
  const why = `Credential should be scoped to a service that is played here: ${services.join(', ')}.`;
  throw new AwsFault('InvalidSignatureException', why, 403);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function toUnicode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new AwsFault('SerializationException', 'The request body is not UTF-8.');
  }
}
