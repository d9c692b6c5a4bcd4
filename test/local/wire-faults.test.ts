/** Refusals look to the SDK as AWS's own do, and no odd request brings the door down. */
import { CreateTagsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { type Clients, entrances, send, toScript } from './clients.ts';

const launch = new RunInstancesCommand({ MinCount: 1, MaxCount: 1 });
const put = new PutParameterCommand({ Name: '/a', Value: 'b' });
const list = new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1' });
const change = new ChangeResourceRecordSetsCommand({
  HostedZoneId: 'Z1',
  ChangeBatch: {
    Changes: [{ Action: 'CREATE', ResourceRecordSet: { Name: 'a.example.', Type: 'A' } }],
  },
});

function named(name: string, message: string, httpStatusCode: number) {
  const $fault = httpStatusCode < 500 ? 'client' : 'server';
  return { name, message, $fault, $metadata: { httpStatusCode } };
}

const refusals: [string, keyof Clients, object, AwsFault, object][] = [
  [
    'a price under the market',
    'ec2',
    launch,
    new AwsFault('SpotMaxPriceTooLow', 'Your Spot request price of 0.06 is <lower> & too low.'),
    named('SpotMaxPriceTooLow', 'Your Spot request price of 0.06 is <lower> & too low.', 400),
  ],
  [
    'no capacity, which AWS calls its own failure',
    'ec2',
    launch,
    new AwsFault('InsufficientInstanceCapacity', 'There is no Spot capacity available.', 500),
    named('InsufficientInstanceCapacity', 'There is no Spot capacity available.', 500),
  ],
  [
    'a parameter that is not there',
    'ssm',
    new GetParameterCommand({ Name: '/none' }),
    new AwsFault('ParameterNotFound', ''),
    named('ParameterNotFound', 'UnknownError', 400),
  ],
  [
    'two writes at once',
    'ssm',
    put,
    new AwsFault('TooManyUpdates', 'There are concurrent updates for a resource.'),
    named('TooManyUpdates', 'There are concurrent updates for a resource.', 400),
  ],
  [
    'a zone that is not there',
    'route53',
    list,
    new AwsFault('NoSuchHostedZone', 'No hosted zone found with ID: Z1', 404),
    named('NoSuchHostedZone', 'No hosted zone found with ID: Z1', 404),
  ],
  [
    'a throttled call',
    'route53',
    list,
    new AwsFault('Throttling', 'Rate exceeded'),
    named('Throttling', 'Rate exceeded', 400),
  ],
  [
    'changes that contradict each other',
    'route53',
    change,
    new AwsFault('InvalidChangeBatch', '[it already exists]'),
    named('InvalidChangeBatch', '[it already exists]', 400),
  ],
];

/** Commands that break the model in ways that the SDK lets through. */
const unsound: [string, keyof Clients, object, object][] = [
  [
    'a required parameter left out',
    'ec2',
    new RunInstancesCommand({ MaxCount: 1 } as never),
    named('MissingParameter', 'The request must contain the parameter MinCount', 400),
  ],
  [
    'a required parameter left out in a list',
    'ec2',
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      ElasticGpuSpecification: [{ Type: 'a' }, { Type: undefined, Unknown: 1 } as never],
      ElasticInferenceAccelerators: [{ Type: 'a' }, { Count: 2 } as never],
    }),
    named(
      'MissingParameter',
      'The request must contain the parameter ElasticInferenceAccelerator.2.Type',
      400,
    ),
  ],
  [
    'a number that is none',
    'ec2',
    new RunInstancesCommand({ MinCount: 'one' as never, MaxCount: 1 }),
    named(
      'InvalidParameterValue',
      'Value (one) for parameter MinCount is invalid. Expecting a number.',
      400,
    ),
  ],
  [
    'a boolean that is none',
    'ec2',
    new CreateTagsCommand({ Resources: ['i-1'], Tags: [], DryRun: 'constructor' as never }),
    named(
      'InvalidParameterValue',
      'Value (constructor) for parameter DryRun is invalid. Expecting a boolean.',
      400,
    ),
  ],
  [
    'two required members left out',
    'ssm',
    new PutParameterCommand({ Tags: [{ Key: 'a' } as never] } as never),
    named(
      'ValidationException',
      "3 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'value' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
      400,
    ),
  ],
  [
    'a number for a text',
    'ssm',
    new GetParameterCommand({ Name: 5 as never }),
    named('SerializationException', 'NUMBER_VALUE can not be converted to a String', 400),
  ],
  [
    'a change without its action',
    'route53',
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z1',
      ChangeBatch: {
        Changes: [{ ResourceRecordSet: { Name: 'a.example.', Type: 'A' } } as never],
      },
    }),
    named(
      'InvalidInput',
      "Invalid XML ; cvc-complex-type.2.4.b: The content of element 'Change' is not complete. " +
        `One of '{"https://route53.amazonaws.com/doc/2013-04-01/":Action}' is expected.`,
      400,
    ),
  ],
  [
    'an empty list of changes',
    'route53',
    new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z1', ChangeBatch: { Changes: [] } }),
    named('MalformedInput', 'Unexpected list element termination', 400),
  ],
  [
    'a page size that is none',
    'route53',
    new ListResourceRecordSetsCommand({ HostedZoneId: 'Z1', MaxItems: 'all' as never }),
    { name: 'InvalidInput', $metadata: { httpStatusCode: 400 } },
  ],
];

describe.each(Object.entries(entrances))('through %s', (_, enter) => {
  const script = toScript();
  let entrance: Awaited<ReturnType<typeof enter>>;
  beforeAll(async () => {
    entrance = await enter(script);
  });
  afterAll(() => entrance.close());
  beforeEach(() => {
    script.asked = [];
  });

  test.each(refusals)('%s', async (_, service, command, fault, seen) => {
    script.says = () => {
      throw fault;
    };
    const sent = send(entrance.clients, service, command);
    await expect(sent).rejects.toMatchObject(seen);
  });

  test.each(unsound)('%s', async (_, service, command, seen) => {
    const sent = send(entrance.clients, service, command);
    await expect(sent).rejects.toMatchObject(seen);
    expect(script.asked).toEqual([]);
  });

  test('an output that fits no model is a failure inside', async () => {
    script.says = () => ({ Version: 'four' });
    const sent = entrance.clients.ssm.send(put);
    await expect(sent).rejects.toMatchObject({ name: 'InternalFailure', $fault: 'server' });
  });
});
