/** CloudWatch Logs: the groups that functions write to, and that somebody pays for until they are removed. */
import type {
  DeleteLogGroupCommandInput,
  DescribeLogGroupsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsFault } from './fault.ts';
import type { Operations, World } from './world.ts';

export interface LogGroupRecord {
  madeAt: number;
  storedBytes: number;
}

export const logsOperations: Operations = {
  DescribeLogGroups: describeLogGroups,
  DeleteLogGroup: deleteLogGroup,
};

function describeLogGroups(
  { logGroups, region, account }: World,
  { logGroupNamePrefix = '' }: DescribeLogGroupsCommandInput,
) {
  const chosen = [...logGroups].filter(([name]) => name.startsWith(logGroupNamePrefix));
  return {
    logGroups: chosen.map(([logGroupName, { madeAt, storedBytes }]) => ({
      logGroupName,
      creationTime: madeAt,
      storedBytes,
      arn: `arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*`,
    })),
  };
}

function deleteLogGroup(
  { logGroups }: World,
  { logGroupName = '' }: DeleteLogGroupCommandInput,
): object {
  if (logGroups.delete(logGroupName)) return {};
  throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
}
