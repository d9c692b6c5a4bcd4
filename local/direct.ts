/** The shortest door to the world: the SDK's commands as they are, without bytes in between. */
import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { Route53ServiceException } from '@aws-sdk/client-route-53';
import { SSMServiceException } from '@aws-sdk/client-ssm';
import type { Clients } from '../shared/adapters/clients.ts';
import { AwsFault } from './fault.ts';
import type { ServiceName, World } from './world.ts';

type Call = (service: ServiceName, operation: string, input: object) => Promise<object>;

/** Clients whose `send` ends in that call. Errors become what the SDK would throw. */
export function toDirectClients(call: Call): Clients {
  const client = (service: ServiceName, Exception: typeof EC2ServiceException) => ({
    async send(command: object) {
      const { input } = command as { input: object };
      const operation = command.constructor.name.replace(/Command$/, '');
      try {
        return await call(service, operation, input);
      } catch (error) {
        throw error instanceof AwsFault ? toException(error, Exception) : error;
      }
    },
  });
  return {
    ec2: client('ec2', EC2ServiceException),
    ec2Once: client('ec2', EC2ServiceException),
    ssm: client('ssm', SSMServiceException),
    route53: client('route53', Route53ServiceException),
  } as unknown as Clients;
}

/** Answers at once, at the world's present moment. */
export function toCall(world: World): Call {
  return async (service, operation, input) => world.call(service, operation, input);
}

function toException(fault: AwsFault, Exception: typeof EC2ServiceException): Error {
  return new Exception({
    name: fault.code,
    message: fault.message,
    $fault: fault.status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: fault.status },
  });
}
