/** Every operation of every client, with a value in every member: asked and answered through the real SDK. */
import * as ec2 from '@aws-sdk/client-ec2';
import * as route53 from '@aws-sdk/client-route-53';
import * as ssm from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { toRequestHandler } from '../../local/in-process.ts';
import { findRoute } from '../../local/wire/routes.ts';
import { type Operation, operationsOf } from '../../local/wire/schema.ts';
import { send, toClients, toScript, toServices } from './clients.ts';
import { toSample } from './sample.ts';

const sdks = { ec2, ssm, route53 } as unknown as Record<string, Record<string, CommandClass>>;
type CommandClass = new (input: object) => { input: object };

// Its SDK client signs a second request and puts it into the first one's parameters.
const ownWays = new Set(['CopySnapshot']);

const cases = (['ec2', 'ssm', 'route53'] as const).map(
  (service) => [service, [...operationsOf(service).values()]] as const,
);

test.each(cases)('%s', async (service, operations) => {
  const script = toScript();
  const clients = toClients({ requestHandler: toRequestHandler(toServices(script)) });
  const played = operations.filter(({ name }) => !ownWays.has(name));
  expect(played.length).toBeGreaterThan(70);
  for (const { name, input, output } of played) {
    const Command = sdks[service]?.[`${name}Command`];
    if (!Command) throw new Error(`${name} has no command`);
    const asked = toSample(input) as object;
    const said = toSample(output) as object;
    script.asked = [];
    script.says = () => said;
    const { answer } = await send(clients, service, new Command(structuredClone(asked)));
    expect.soft(script.asked[0]?.slice(0, 3), name).toEqual([service, name, asked]);
    expect.soft(answer, name).toEqual(said);
  }
});

const routes = [...operationsOf('route53').values()].map((operation): [string, Operation] => [
  operation.name,
  operation,
]);

test.each(routes)('the path of %s leads to it', (_, operation) => {
  const { method = '', path = '' } = operation.route ?? {};
  for (const sent of [path, `${path}/`])
    expect(findRoute('route53', method, sent.replace(/[{}]/g, ''))?.operation).toBe(operation);
});
