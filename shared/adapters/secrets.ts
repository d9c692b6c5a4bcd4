/** Users, their secrets and their tunnel addresses in Parameter Store. No error that leaves here tells any of it. */
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  type ParameterMetadata,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import type { Config } from '../config.ts';
import { isUserName } from '../core/users.ts';
import {
  readServerKey,
  readStored,
  readUser,
  writeDescription,
  writeKeyDescription,
  writeServerKey,
  writeStored,
} from '../documents/users.ts';
import type { Ports, UserSecret } from '../ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

/** Of two writes at once one is told so. By the time that its answer is here the other is over, but for bad luck. */
const writeTriesMax = 5;

/** Who had the address may give it back between our asking for it and our asking whose it is. */
const claimTriesMax = 3;

const pageSize = 50;

export function toSecrets(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: Pick<Config, 'policy'>,
): Ports['secrets'] {
  const root = `/perennial/${policy.vpn}`;
  const users = `${root}/users/`;
  const serverKey = `${root}/keys/wireguard`;
  const addresses = `${root}/addresses/`;

  const describe = (Key: 'Path' | 'Name', ...Values: string[]) =>
    allPages(async (NextToken) => {
      const ParameterFilters = [{ Key, Option: Key === 'Path' ? 'OneLevel' : 'Equals', Values }];
      const page = await ssm.send(
        new DescribeParametersCommand({ ParameterFilters, MaxResults: pageSize, NextToken }),
      );
      return { items: page.Parameters ?? [], next: page.NextToken };
    });

  /** Under any other name somebody has put something by hand, which no server lets in. */
  const isUser = ({ Name = '' }: ParameterMetadata) =>
    Name.startsWith(users) && isUserName(Name.slice(users.length));
  const put = async (input: PutParameterCommandInput): Promise<number> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return must((await ssm.send(new PutParameterCommand(input))).Version, 'Version');
      } catch (error) {
        if (!isCode(error, 'TooManyUpdates') || attempt === writeTriesMax)
          throw veiled(error, input.Name);
      }
    }
  };
  const remove = async (Name: string): Promise<boolean> => {
    try {
      await ssm.send(new DeleteParameterCommand({ Name }));
      return true;
    } catch (error) {
      if (isCode(error, 'ParameterNotFound')) return false;
      throw error;
    }
  };
  /** Null if there is none; throws without saying what it holds. */
  const get = async (Name: string, WithDecryption: boolean): Promise<string | null> => {
    try {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption }));
      return must(Parameter?.Value, 'Value');
    } catch (error) {
      if (isCode(error, 'ParameterNotFound') || isCode(error, 'ParameterVersionNotFound'))
        return null;
      throw veiled(error, Name);
    }
  };
  const toInput = (name: string, secret: UserSecret): PutParameterCommandInput => ({
    Name: `${users}${name}`,
    Value: writeStored(secret),
    Description: writeDescription(secret),
  });

  return {
    async list() {
      const all = await describe('Path', users.slice(0, -1), `${root}/keys`);
      const key = all.find(({ Name }) => Name === serverKey);
      return {
        users: all.filter(isUser).map((one) => toUser(one, users)),
        serverKey: key ? readServerKey(must(key.Version, 'Version'), key.Description) : null,
      };
    },

    create: (name, secret) =>
      orNull('ParameterAlreadyExists', () =>
        put({ ...toInput(name, secret), Type: 'SecureString', Overwrite: false }),
      ),

    /** Without a type Parameter Store refuses to make what is not there. Its word for that is also one for much else. */
    async replace(name, secret) {
      const input = toInput(name, secret);
      try {
        return await put({ ...input, Overwrite: true });
      } catch (error) {
        if (!isCode(error, 'ValidationException')) throw error;
        if ((await describe('Name', must(input.Name, 'Name'))).length > 0) throw error;
        return null;
      }
    },

    remove: (name) => remove(`${users}${name}`),

    async read(name, version) {
      const value = await get(`${users}${name}${version ? `:${version}` : ''}`, true);
      if (value === null) return null;
      const secret = readStored(value);
      if (!secret) throw new Error(`What is kept of the user ${name} can't be read`);
      return secret;
    },

    async createServerKey(privateKey, publicKey) {
      const created = await orNull('ParameterAlreadyExists', () =>
        put({
          Name: serverKey,
          Type: 'SecureString',
          Value: writeServerKey(privateKey),
          Description: writeKeyDescription(publicKey),
          Overwrite: false,
        }),
      );
      return created !== null;
    },

    /** Whose it is stands in the description too, so that one call tells all of them. */
    async claims() {
      const all = await describe('Path', addresses.slice(0, -1));
      return all.map(({ Name, Description: user = '' }) => ({
        address: must(Name, 'Name').slice(addresses.length),
        user,
      }));
    },

    async claim(address, user) {
      const Name = `${addresses}${address}`;
      const claim = { Name, Type: 'String', Value: user, Description: user } as const;
      for (let attempt = 0; attempt < claimTriesMax; attempt++) {
        const made = await orNull('ParameterAlreadyExists', () =>
          put({ ...claim, Overwrite: false }),
        );
        const owner = made === null ? await get(Name, false) : user;
        if (owner !== null) return owner;
      }
      throw new Error(`The address ${address} changed hands ${claimTriesMax} times in a row`);
    },

    async release(address) {
      await remove(`${addresses}${address}`);
    },
  };
}

function toUser({ Name, Version, LastModifiedDate, Description }: ParameterMetadata, root: string) {
  const name = must(Name, 'Name').slice(root.length);
  const at = must(LastModifiedDate, 'LastModifiedDate').getTime();
  return readUser(name, must(Version, 'Version'), at, Description);
}

async function orNull<T>(code: string, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (isCode(error, code)) return null;
    throw error;
  }
}

/** AWS may repeat in its message, and the SDK keeps in its error, what it was sent or has answered. */
function veiled(error: unknown, name: string | undefined): Error {
  const code = error instanceof Error ? error.name : 'unknown error';
  return Object.assign(new Error(`Parameter Store refused ${name}: ${code}`), { name: code });
}
