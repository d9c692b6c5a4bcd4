/** What the API keeps for itself in Parameter Store: its token's hash, wrong tokens, and requests done once. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { AccessPorts } from '../api-ports.ts';
import type { Config } from '../config.ts';
import { readAttempts, readRequest, readToken, writeAccess } from '../documents/access.ts';
import { isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

type Needs = Pick<Config, 'policy'>;

export function toAccess({ ssm }: Pick<Clients, 'ssm'>, { policy }: Needs): AccessPorts['access'] {
  const token = `/perennial/${policy.vpn}/api/token`;
  const attempts = `/perennial/${policy.vpn}/api/attempts`;
  return {
    async read() {
      const { Parameters = [] } = await ssm.send(
        new GetParametersCommand({ Names: [token, attempts] }),
      );
      const find = (name: string) => Parameters.find(({ Name }) => Name === name)?.Value;
      return { token: readToken(find(token)), attempts: readAttempts(find(attempts)) };
    },

    async writeAttempts(value) {
      const Value = writeAccess(value);
      await ssm.send(
        new PutParameterCommand({ Name: attempts, Type: 'String', Value, Overwrite: true }),
      );
    },
  };
}

export function toRequests(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: Needs,
): AccessPorts['requests'] {
  const Path = `/perennial/${policy.vpn}/api/requests`;
  const put = (id: string, Value: string, Overwrite: boolean) =>
    ssm.send(new PutParameterCommand({ Name: `${Path}/${id}`, Type: 'String', Value, Overwrite }));
  const remove = async (Name: string) => {
    try {
      await ssm.send(new DeleteParameterCommand({ Name }));
    } catch (error) {
      if (!isCode(error, 'ParameterNotFound')) throw error;
    }
  };
  return {
    async claim(id, request) {
      try {
        await put(id, writeAccess(request), false);
        return null;
      } catch (error) {
        if (!isCode(error, 'ParameterAlreadyExists')) throw error;
      }
      const command = new GetParameterCommand({ Name: `${Path}/${id}` });
      const { Parameter: found } = await ssm.send(command);
      return { value: readRequest(found?.Value), version: must(found?.Version, 'Version') };
    },

    async write(id, request) {
      const { Version } = await put(id, writeAccess(request), true);
      return must(Version, 'Version');
    },

    remove: (id) => remove(`${Path}/${id}`),

    async sweep(before) {
      // Ten at a time, in the order of their hashes: what is left is for the next sweeps.
      const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path }));
      for (const { Name, LastModifiedDate } of Parameters)
        if (Name && LastModifiedDate && LastModifiedDate.getTime() < before) await remove(Name);
    },
  };
}
