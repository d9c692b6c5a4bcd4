/** The SDK's real clients before a service that says what it is told to, and remembers what it was asked. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openDoor } from '../../local/door.ts';
import { toRequestHandler } from '../../local/in-process.ts';

export type Asked = [service: string, operation: string, input: object, accessKeyId: string];

export interface Script {
  asked: Asked[];
  /** Answers the next calls; throws, where a test wants a fault. */
  says: () => object;
}

export function toScript(): Script {
  return { asked: [], says: () => ({}) };
}

/** The service that goes by that script. */
export function toServices(script: Script) {
  return (...asked: Asked): object => {
    script.asked.push(asked);
    return script.says();
  };
}

export const accessKeyId = 'AKIDEXAMPLE';

export function toClients(overrides: object) {
  const common = {
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'secret' },
    maxAttempts: 1,
    ...overrides,
  };
  return {
    ec2: new EC2Client(common),
    ssm: new SSMClient(common),
    route53: new Route53Client(common),
  };
}

export type Clients = ReturnType<typeof toClients>;

/** Any command through the client of its service. */
export async function send(clients: Clients, service: keyof Clients, command: object) {
  const client = clients[service] as { send(command: object): Promise<object> };
  const { $metadata, ...answer } = (await client.send(command)) as { $metadata: object };
  return { $metadata, answer };
}

interface Entrance {
  clients: Clients;
  close(): Promise<void>;
}

/** Both ways in, which must not differ in anything. */
export const entrances: Record<string, (script: Script) => Promise<Entrance>> = {
  'the loopback door': async (script) => {
    const door = await openDoor({ call: toServices(script) });
    return { clients: toClients({ endpoint: door.url }), close: () => door.close() };
  },
  'the in-process door': async (script) => ({
    clients: toClients({ requestHandler: toRequestHandler(toServices(script)) }),
    close: async () => {},
  }),
};
