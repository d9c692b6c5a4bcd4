/** Whose the credentials are, as AWS says. */
import type { Aws } from './aws.ts';

export interface Identity {
  arn: string;
  account: string;
  /** How far this machine's clock is ahead of AWS's, milliseconds; AWS's has whole seconds. */
  aheadMs: number;
}

export async function identify({ options }: Pick<Aws, 'options'>): Promise<Identity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...options, region: toHomeRegion(options.region) });
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      date = (answer.response as { headers?: Record<string, string> }).headers?.date;
      return answer;
    },
    { step: 'deserialize', name: 'readDate' },
  );
  const asked = Date.now();
  const { Arn = '', Account = '' } = await client.send(new GetCallerIdentityCommand({}));
  // AWS has looked at its clock somewhere in between, and its seconds are cut.
  const middle = (asked + Date.now()) / 2;
  return { arn: Arn, account: Account, aheadMs: date ? middle - (Date.parse(date) + 500) : 0 };
}

/** One of the same partition that is always there, whatever is configured. */
export function toHomeRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}
