/** What people want, as one parameter that they, the API and the CLI write. */
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Wish, WishPorts } from '../api-ports.ts';
import type { Config } from '../config.ts';
import { readBase, readDesired, writeDesired } from '../documents/desired.ts';
import { isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

const nothingWritten: Wish = { value: readDesired(undefined, 0), version: 0, base: 0 };

export function toWishes(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: { policy: Pick<Config['policy'], 'vpn'> },
): WishPorts['wishes'] {
  const name = `/perennial/${policy.vpn}/state/desired`;
  return {
    async read(version) {
      if (version === 0) return nothingWritten;
      const Name = version === null ? name : `${name}:${version}`;
      try {
        const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name }));
        const writtenAt = must(found?.LastModifiedDate, 'LastModifiedDate').getTime();
        const wanted = must(found?.Version, 'Version');
        // What a person wrote by hand is on top of what they saw, which was what stood.
        const base = readBase(found?.Value) ?? wanted - 1;
        return { value: readDesired(found?.Value, writtenAt), version: wanted, base };
      } catch (error) {
        // Nobody has wanted anything yet.
        if (version !== null || !isCode(error, 'ParameterNotFound')) throw error;
        return nothingWritten;
      }
    },

    async write(desired, base) {
      const Value = writeDesired(desired, base);
      try {
        const { Version } = await ssm.send(
          new PutParameterCommand({ Name: name, Type: 'String', Value, Overwrite: true }),
        );
        return must(Version, 'Version');
      } catch (error) {
        if (isCode(error, 'TooManyUpdates')) return null;
        throw error;
      }
    },
  };
}
