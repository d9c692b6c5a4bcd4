/** Odder answers of Parameter Store about users: spoilt documents, writers at once, and errors that know too much. */
import { describe, expect, test } from 'vitest';
import { AwsFault } from '../../local/fault.ts';
import { toSecrets } from '../../shared/adapters/secrets.ts';
import type { UserSecret } from '../../shared/ports.ts';
import { now, policy } from '../core/scene.ts';
import { type Answering, answering } from './answering.ts';

const users = '/perennial/home/users';
const secret: UserSecret = {
  password: 'marked-password',
  presharedKey: 'marked-preshared',
  publicKey: 'public',
  address: '10.40.2.2',
  old: null,
  ownKey: false,
  rotatedAt: now,
  expiresAt: null,
};
const toPort = ({ clients }: Answering) => toSecrets(clients, { policy });
const metadata = (Name: string, Description?: string) => ({
  Name,
  Version: 3,
  LastModifiedDate: new Date(now),
  Description,
});
/** Refuses the first so many, then answers. */
const refusingFirst = (count: number, code: string, answer: object = { Version: 1 }) =>
  answering((asked) => {
    if (asked <= count) throw new AwsFault(code, 'because of marked-password');
    return answer;
  });

describe('the list', () => {
  test('is one call of one level, and goes on over empty pages', async () => {
    const pages = [[], [metadata(`${users}/ann`)], [metadata('/perennial/home/keys/other', '{}')]];
    const aws = answering((count) => ({
      Parameters: pages[count - 1],
      ...(count < pages.length && { NextToken: `page ${count + 1}` }),
    }));
    expect((await toPort(aws).list()).users.map(({ name }) => name)).toEqual(['ann']);
    expect(aws.asked[0]).toEqual({
      operation: 'DescribeParameters',
      input: {
        ParameterFilters: [
          { Key: 'Path', Option: 'OneLevel', Values: [users, '/perennial/home/keys'] },
        ],
        MaxResults: 50,
      },
    });
    expect(aws.asked).toHaveLength(3);
  });

  test.each([undefined, '', '{', '{"publicKey":7}', 'null'])(
    'has a user whose description is %j, with what is known of them',
    async (description) => {
      const aws = answering(() => ({ Parameters: [metadata(`${users}/ann`, description)] }));
      expect((await toPort(aws).list()).users).toEqual([
        {
          name: 'ann',
          version: 3,
          at: now,
          publicKey: null,
          address: null,
          ownKey: false,
          rotatedAt: now,
          expiresAt: null,
          old: null,
        },
      ]);
    },
  );

  test("says what is to be done when the server's key is spoilt", async () => {
    const aws = answering(() => ({
      Parameters: [metadata('/perennial/home/keys/wireguard', '{}')],
    }));
    await expect(toPort(aws).list()).rejects.toThrow('wg pubkey');
  });

  test.each(['Version', 'LastModifiedDate'])('is an error without %s', async (member) => {
    const aws = answering(() => ({
      Parameters: [{ ...metadata(`${users}/ann`), [member]: undefined }],
    }));
    await expect(toPort(aws).list()).rejects.toThrow(`AWS answered without ${member}`);
  });
});

describe('writing', () => {
  test('creates with a type, replaces without one, and never the other way round', async () => {
    const aws = answering(() => ({ Version: 4 }));
    expect(await toPort(aws).create('ann', secret)).toBe(4);
    expect(await toPort(aws).replace('ann', secret)).toBe(4);
    const both = {
      Name: `${users}/ann`,
      Value:
        '{"password":"marked-password","presharedKey":"marked-preshared","publicKey":"public","address":"10.40.2.2","old":null}',
      Description: `{"publicKey":"public","address":"10.40.2.2","ownKey":false,"rotated":"${new Date(now).toISOString()}","expires":null,"old":null}`,
    };
    expect(aws.asked.map(({ input }) => input)).toEqual([
      { ...both, Type: 'SecureString', Overwrite: false },
      { ...both, Overwrite: true },
    ]);
  });

  test('tries again while another write is under way, but not for ever', async () => {
    const soon = refusingFirst(4, 'TooManyUpdates', { Version: 9 });
    expect(await toPort(soon).replace('ann', secret)).toBe(9);
    expect(soon.asked).toHaveLength(5);
    const never = refusingFirst(99, 'TooManyUpdates');
    await expect(toPort(never).create('ann', secret)).rejects.toMatchObject({
      name: 'TooManyUpdates',
    });
    expect(never.asked).toHaveLength(5);
  });

  test('takes "not valid" for "gone" only if they are gone', async () => {
    const answer = (there: object[]) =>
      answering((_, operation) => {
        if (operation === 'PutParameter') throw new AwsFault('ValidationException', 'no type');
        return { Parameters: there };
      });
    const gone = answer([]);
    expect(await toPort(gone).replace('ann', secret)).toBeNull();
    expect(gone.asked.at(-1)?.input).toMatchObject({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [`${users}/ann`] }],
    });
    const there = answer([metadata(`${users}/ann`)]);
    await expect(toPort(there).replace('ann', secret)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('an address', () => {
  const claiming = (fates: ('free' | 'taken' | 'gone')[]) => {
    const left = [...fates];
    return answering((_, operation) => {
      const fate = left.shift();
      if (operation === 'PutParameter' && fate === 'taken')
        throw new AwsFault('ParameterAlreadyExists', '');
      if (operation === 'GetParameter' && fate === 'gone')
        throw new AwsFault('ParameterNotFound', '');
      return operation === 'PutParameter' ? { Version: 1 } : { Parameter: { Value: 'bob' } };
    });
  };

  test('that is given back just then is asked for again', async () => {
    const port = toPort(claiming(['taken', 'gone', 'free']));
    expect(await port.claim('10.40.2.2', 'ann')).toBe('ann');
  });

  test('that changes hands all the time is an error', async () => {
    const port = toPort(claiming(['taken', 'gone', 'taken', 'gone', 'taken', 'gone']));
    await expect(port.claim('10.40.2.2', 'ann')).rejects.toThrow('changed hands');
  });

  test('whose claim somebody made by hand is taken all the same', async () => {
    const aws = answering(() => ({
      Parameters: [metadata('/perennial/home/addresses/10.40.2.9')],
    }));
    expect(await toPort(aws).claims()).toEqual([{ address: '10.40.2.9', user: '' }]);
  });
});

describe('an error tells no secret', () => {
  const all = (error: unknown) =>
    JSON.stringify(error, Object.getOwnPropertyNames(Object(error))) + String(error);
  const leave = async (run: Promise<unknown>) => {
    const error = await run.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(all(error)).not.toContain('marked-');
    expect((error as Error).cause).toBeUndefined();
    return error as Error;
  };

  test.each([
    ['create', (port: ReturnType<typeof toPort>) => port.create('ann', secret)],
    ['replace', (port: ReturnType<typeof toPort>) => port.replace('ann', secret)],
    ['read', (port: ReturnType<typeof toPort>) => port.read('ann')],
    [
      'createServerKey',
      (port: ReturnType<typeof toPort>) => port.createServerKey('marked-key', 'public'),
    ],
  ])('when %s is refused with the secret in the message', async (_, run) => {
    const port = toPort(refusingFirst(99, 'InvalidKeyId'));
    const { name, message } = await leave(run(port));
    expect(name).toBe('InvalidKeyId');
    expect(message).toMatch(/^Parameter Store refused \/perennial\/home\/\S+: InvalidKeyId$/);
  });

  test('when what is kept can not be read', async () => {
    const port = toPort(answering(() => ({ Parameter: { Value: '{"password":"marked-' } })));
    const { message } = await leave(port.read('ann'));
    expect(message).toBe("What is kept of the user ann can't be read");
  });
});
