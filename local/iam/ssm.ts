/** What the calls of Systems Manager ask leave for. */
import type {
  DeleteParametersCommandInput,
  GetParametersByPathCommandInput,
  GetParametersCommandInput,
  PutParameterCommandInput,
  SendCommandCommandInput,
} from '@aws-sdk/client-ssm';
import type { World } from '../world.ts';
import { toEc2Arn, toResourceTags } from './resources.ts';
import { type Asks, anything, type Wish } from './wish.ts';

interface Named {
  Name?: string;
}

const parameter = (world: World, { Name = '' }: Named) => toParameter(world, Name);

export const ssmAsks: Asks = {
  PutParameter: putParameter,
  GetParameter: parameter,
  GetParameterHistory: parameter,
  DeleteParameter: parameter,
  GetParameters: (world, { Names = [] }: GetParametersCommandInput) =>
    Names.flatMap((name) => toParameter(world, name)),
  DeleteParameters: (world, { Names = [] }: DeleteParametersCommandInput) =>
    Names.flatMap((name) => toParameter(world, name)),
  // Leave for the path is leave for all below it.
  GetParametersByPath: (world, { Path = '' }: GetParametersByPathCommandInput) =>
    toParameter(world, Path),
  DescribeParameters: anything,
  CreateDocument: (world, { Name = '' }: Named) => [{ resource: toDocumentArn(world, Name) }],
  SendCommand: sendCommand,
  GetCommandInvocation: anything,
  ListCommands: anything,
  ListCommandInvocations: anything,
  CancelCommand: anything,
};

function putParameter(world: World, { Name = '', Overwrite = false }: PutParameterCommandInput) {
  const context = { 'ssm:Overwrite': String(Overwrite) };
  return toParameter(world, Name).map((wish) => ({ ...wish, context }));
}

/**
 * `name:3` and `name:label` ask for the name both with and without what follows: AWS does not say which of the two it
 * looks at, and a policy that holds here has to hold there.
 */
function toParameter({ region, account }: World, name: string): Wish[] {
  const [plain = ''] = name.split(':');
  // What AWS publishes is in no account.
  const owner = name.startsWith('/aws/service/') ? '' : account;
  const toArn = (one: string) =>
    `arn:aws:ssm:${region}:${owner}:parameter/${one.replace(/^\//, '')}`;
  return [...new Set([plain, name])].map((one) => ({ resource: toArn(one) }));
}

/** For the document, and for each instance by its tags; whom `Targets` means is only found out later. */
function sendCommand(world: World, input: SendCommandCommandInput): Wish[] {
  const { DocumentName = '', InstanceIds = ['*'] } = input;
  const instances = InstanceIds.map((id) => ({
    resource: toEc2Arn(world, 'instance', id),
    context: { ...toResourceTags(world, id), ...toResourceTags(world, id, 'ssm:resourceTag/') },
  }));
  return [{ resource: toDocumentArn(world, DocumentName) }, ...instances];
}

/** AWS's own documents are in no account. */
function toDocumentArn({ region, account }: World, name: string): string {
  if (name.startsWith('arn:')) return name;
  return `arn:aws:ssm:${region}:${name.startsWith('AWS-') ? '' : account}:document/${name}`;
}
