/** The loop's state in Parameter Store: what is desired, what servers report, what the journal remembers. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  type Parameter,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { Config } from '../config.ts';
import { readDesired } from '../documents/desired.ts';
import {
  readJournal,
  readLedger,
  readReport,
  writeJournal,
  writeLedger,
} from '../documents/state.ts';
import type { Ports } from '../ports.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

export function toState(
  { ssm }: Pick<Clients, 'ssm'>,
  { policy }: Pick<Config, 'policy'>,
): Ports['state'] {
  const root = `/perennial/${policy.vpn}/state`;
  const journalName = `${root}/journal`;
  const ledgerName = `${root}/ledger`;
  const put = (Name: string, Value: string) =>
    ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite: true }));
  const servers = `${root}/servers/`;
  return {
    async read() {
      const all = await allPages(async (NextToken) => {
        const command = new GetParametersByPathCommand({ Path: root, Recursive: true, NextToken });
        const page = await ssm.send(command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      const parameters = new Map(
        all.map((one): [string, Parameter] => [must(one.Name, 'Name'), one]),
      );
      const journal = parameters.get(journalName);
      const wish = parameters.get(`${root}/desired`);
      const reports = [...parameters].flatMap(([name, { Value = '', LastModifiedDate }]) => {
        if (!name.startsWith(servers)) return [];
        const at = must(LastModifiedDate, 'LastModifiedDate').getTime();
        return readReport(name.slice(servers.length), Value, at) ?? [];
      });
      return {
        desired: readDesired(wish?.Value, wish?.LastModifiedDate?.getTime() ?? 0),
        reports,
        journal: { value: readJournal(journal?.Value), version: journal?.Version ?? 0 },
        ledger: readLedger(parameters.get(ledgerName)?.Value),
      };
    },

    async readJournal(version) {
      const Name = version === null ? journalName : `${journalName}:${version}`;
      try {
        const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name }));
        return { value: readJournal(found?.Value), version: must(found?.Version, 'Version') };
      } catch (error) {
        // Nobody has written yet: not even the one who kept us from being the first.
        if (version !== null || !isCode(error, 'ParameterNotFound')) throw error;
        return { value: readJournal(undefined), version: 0 };
      }
    },

    async writeJournal(journal) {
      try {
        const answer = await put(journalName, writeJournal(journal));
        return must(answer.Version, 'Version');
      } catch (error) {
        if (isCode(error, 'TooManyUpdates')) return null;
        throw error;
      }
    },

    async writeLedger(current, finished) {
      if (finished)
        await put(`/perennial/${policy.vpn}/ledger/${finished.month}`, writeLedger(finished));
      await put(ledgerName, writeLedger(current));
    },

    async announce(move) {
      await put(`${root}/move`, JSON.stringify(move));
    },

    async forget(serverId) {
      try {
        await ssm.send(new DeleteParameterCommand({ Name: `${servers}${serverId}` }));
      } catch (error) {
        if (!isCode(error, 'ParameterNotFound')) throw error;
      }
    },
  };
}
