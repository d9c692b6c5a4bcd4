/** What passes through the doors: HTTP requests and answers, and the call to a service that a request stands for. */

export const services = [
  'ec2',
  'ssm',
  'route53',
  'events',
  'pricing',
  'sts',
  'iam',
  'cloudformation',
  'servicequotas',
  'lambda',
  'logs',
  'fis',
  'ecr',
  's3',
] as const;

/** By the name that requests are signed for. */
export type Service = (typeof services)[number];

export interface WireRequest {
  method: string;
  /** As it was sent, with its percent signs. */
  path: string;
  query: URLSearchParams;
  /** By lower-case name. */
  headers: Record<string, string | undefined>;
  body: Uint8Array;
}

export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface Call {
  service: Service;
  operation: string;
  /** In the SDK's own shape of this operation's input: times as Date. */
  input: object;
  /** Whose call it is: the policies of roles are looked up by it. */
  accessKeyId: string;
  region: string;
}
