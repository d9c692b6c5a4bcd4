/** What the deployed stack says of itself. */
import { isCode } from '../../shared/adapters/answers.ts';
import type { Aws } from './aws.ts';
import type { Context } from './command.ts';
import { readLocalState } from './places.ts';
import { Trouble } from './trouble.ts';

export interface Stack {
  name: string;
  /** In CloudFormation's words: CREATE_COMPLETE, DELETE_FAILED, … */
  status: string;
  outputs: Record<string, string>;
}

export function stackNameOf({ settings }: Pick<Aws, 'settings'>): string {
  return `perennial-${settings.policy.vpn}`;
}

/** Null if it is not there. */
export async function findStack({ settings, options }: Aws): Promise<Stack | null> {
  const { CloudFormationClient, DescribeStacksCommand } = await import(
    '@aws-sdk/client-cloudformation'
  );
  const name = stackNameOf({ settings });
  const { Stacks = [] } = await new CloudFormationClient(options)
    .send(new DescribeStacksCommand({ StackName: name }))
    .catch((error: unknown) => {
      if (isCode(error, 'ValidationError')) return { Stacks: [] };
      throw error;
    });
  const [found] = Stacks;
  if (!found) return null;
  const outputs = (found.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
    OutputKey,
    OutputValue,
  ]);
  return {
    name,
    status: found.StackStatus ?? '',
    outputs: Object.fromEntries(outputs) as Record<string, string>,
  };
}

/** As given, as played, or as the stack says that it was deployed. */
export async function findApi({ reach, env }: Context, aws: Aws): Promise<string> {
  if (reach.api) return reach.api;
  if (reach.local) return readLocalState(env).api;
  const url = (await findStack(aws))?.outputs.HttpApiUrl;
  if (url) return url;
  throw new Trouble(`The stack ${stackNameOf(aws)} is not there yet: do "vpn deploy" first.`);
}
