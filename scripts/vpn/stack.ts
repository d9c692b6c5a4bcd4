/** What the deployed stack says of itself. */
import type { Aws } from './aws.ts';
import type { Context } from './command.ts';
import { readLocalState } from './places.ts';
import { Trouble } from './trouble.ts';

/** As given, as played, or as the stack says that it was deployed. */
export async function findApi(
  { reach, env }: Context,
  { settings, options }: Aws,
): Promise<string> {
  if (reach.api) return reach.api;
  if (reach.local) return readLocalState(env).api;
  const { CloudFormationClient, DescribeStacksCommand } = await import(
    '@aws-sdk/client-cloudformation'
  );
  const StackName = `perennial-${settings.policy.vpn}`;
  const { Stacks = [] } = await new CloudFormationClient(options)
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error: unknown) => {
      if ((error as Error).name === 'ValidationError') return { Stacks: [] };
      throw error;
    });
  const found = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'HttpApiUrl');
  if (found?.OutputValue) return found.OutputValue;
  throw new Trouble(`The stack ${StackName} is not there yet: do "vpn deploy" first.`);
}
