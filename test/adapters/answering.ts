/** The SDK's real clients before an AWS that answers as a test says, and that remembers what it was asked. */
import { toRequestHandler } from '../../local/in-process.ts';
import { type Clients, toClients } from '../../shared/adapters/clients.ts';

type Service = 'ec2' | 'ssm' | 'route53';

export interface Answering {
  clients: Clients;
  /** Every request that reached AWS, the SDK's own repetitions too. */
  asked: { operation: string; input: object }[];
}

/** Answers each request by its place among them and its operation; throws an AwsFault to refuse. */
export function answering(
  answer: (count: number, operation: string, input: object) => object,
): Answering {
  const asked: Answering['asked'] = [];
  const requestHandler = toRequestHandler((_, operation, input) => {
    asked.push({ operation, input });
    return answer(asked.length, operation, input);
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoints: Record<Service, undefined> = {
    ec2: undefined,
    ssm: undefined,
    route53: undefined,
  };
  const config = { region: 'us-east-1', endpoints };
  return { clients: toClients(config, { requestHandler, credentials }), asked };
}
