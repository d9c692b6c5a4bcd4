/** Everything in Parameter Store below the VPN's own path: users with their secrets, the journal, the token. */
import { DeleteParametersCommand, DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { must } from '../../../shared/adapters/answers.ts';
import type { Clients } from '../../../shared/adapters/clients.ts';
import { Trouble } from '../trouble.ts';

/** AWS's own bounds. */
const describedMax = 50;
const deletedMax = 10;
/** A hundred users, and a day of requests, are some hundreds. */
const roundsMax = 200;

/** Names alone: no value is ever asked for. */
export async function* listParameters(
  { ssm }: Pick<Clients, 'ssm'>,
  vpn: string,
): AsyncGenerator<string> {
  const filter = { Key: 'Path', Option: 'Recursive', Values: [`/perennial/${vpn}`] };
  let NextToken: string | undefined;
  do {
    const input = { ParameterFilters: [filter], MaxResults: describedMax, NextToken };
    const page = await ssm.send(new DescribeParametersCommand(input));
    for (const { Name } of page.Parameters ?? []) yield must(Name, 'Name');
    NextToken = page.NextToken;
  } while (NextToken);
}

/** Again and again until none is listed: functions that still ran may have written meanwhile. Answers how many. */
export async function removeParameters(
  { ssm }: Pick<Clients, 'ssm'>,
  vpn: string,
  signal: AbortSignal,
): Promise<number> {
  const removed = new Set<string>();
  for (let round = 0; round < roundsMax; round++) {
    signal.throwIfAborted();
    const names: string[] = [];
    for await (const name of listParameters({ ssm }, vpn)) {
      names.push(name);
      if (names.length === deletedMax) break;
    }
    if (!names.length) return removed.size;
    await ssm.send(new DeleteParametersCommand({ Names: names }));
    for (const name of names) removed.add(name);
  }
  throw new Trouble(
    `Parameters below /perennial/${vpn}/ come back again and again: who writes them?`,
  );
}
