/** Every operation of every client, with a value in every member: asked and answered through the real SDK. */
import * as ec2 from '@aws-sdk/client-ec2';
import * as route53 from '@aws-sdk/client-route-53';
import * as ssm from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { toRequestHandler } from '../../local/in-process.ts';
import { findRoute } from '../../local/wire/routes.ts';
import { type Operation, operationsOf, type Shape } from '../../local/wire/schema.ts';
import { send, toClients, toScript, toServices } from './clients.ts';

const sdks = { ec2, ssm, route53 } as unknown as Record<string, Record<string, CommandClass>>;
type CommandClass = new (input: object) => { input: object };

/** A value in every member, but for structures inside of themselves; text like markup, to try escaping. */
function toSample(shape: Shape, within: Shape[] = []): unknown {
  switch (shape.kind) {
    case 'structure': {
      const members = shape.members.filter((member) => !within.includes(toInner(member.shape)));
      return Object.fromEntries(
        members.map((member) => [member.name, toSample(member.shape, [...within, shape])]),
      );
    }
    case 'list':
      return [toSample(shape.item, within), toSample(shape.item, within)];
    case 'map':
      return { 'a key': toSample(shape.value, within) };
    case 'string':
      return `a&b <c> "d" 'é' +%20`;
    case 'number':
      return 7;
    case 'boolean':
      return within.length % 2 === 0;
    case 'timestamp':
      return new Date('2026-11-22T05:00:00Z');
    case 'blob':
      return new Uint8Array([0, 255, 62]);
    default:
      return shape satisfies never;
  }
}

function toInner(shape: Shape): Shape {
  return shape.kind === 'list' ? toInner(shape.item) : shape;
}

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
    expect(findRoute(method, sent.replace(/[{}]/g, ''))?.operation).toBe(operation);
});
