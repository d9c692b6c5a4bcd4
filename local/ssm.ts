/** Systems Manager as Perennial and its users see it: Parameter Store and Run Command. */
import { sendCommand } from './ssm/commands.ts';
import { createDocument } from './ssm/documents.ts';
import { describeInstanceInformation } from './ssm/instances.ts';
import { getCommandInvocation, listCommandInvocations } from './ssm/invocations.ts';
import { describeParameters, getParametersByPath } from './ssm/listing.ts';
import {
  deleteParameter,
  deleteParameters,
  getParameter,
  getParameterHistory,
  getParameters,
  putParameter,
} from './ssm/parameters.ts';
import type { Operations } from './world.ts';

export const ssmOperations: Operations = {
  PutParameter: putParameter,
  GetParameter: getParameter,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  GetParameterHistory: getParameterHistory,
  DescribeParameters: describeParameters,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  CreateDocument: createDocument,
  SendCommand: sendCommand,
  GetCommandInvocation: getCommandInvocation,
  ListCommandInvocations: listCommandInvocations,
  DescribeInstanceInformation: describeInstanceInformation,
};
