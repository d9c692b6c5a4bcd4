/** What is known of bakes in Parameter Store, beside what EC2 lists. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { readEnding, readEntries, readRun, readWord, write } from '../bake/documents.ts';
import type { BakePorts } from '../bake/ports.ts';
import { readReport } from '../documents/state.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

export function toBakeRecords({ ssm }: Pick<Clients, 'ssm'>, vpn: string): BakePorts['records'] {
  const root = `/perennial/${vpn}/bake`;
  const folders = { builder: `${root}/builders/`, canary: `${root}/canaries/` };
  const put = async (Name: string, Value: string) => {
    await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite: true }));
  };
  return {
    async read() {
      const all = await allPages(async (NextToken) => {
        const command = new GetParametersByPathCommand({ Path: root, Recursive: true, NextToken });
        const page = await ssm.send(command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      const found = all.map(({ Name, Value = '', LastModifiedDate }) => ({
        name: must(Name, 'Name'),
        value: Value,
        at: must(LastModifiedDate, 'LastModifiedDate').getTime(),
      }));
      const textOf = (name: string) => found.find((one) => one.name === `${root}/${name}`)?.value;
      const under = (folder: string) =>
        found.flatMap(({ name, ...one }) =>
          name.startsWith(folder) ? [{ ...one, id: name.slice(folder.length) }] : [],
        );
      return {
        run: readRun(textOf('run')),
        ending: readEnding(textOf('ending')),
        entries: readEntries(textOf('entries')),
        words: under(folders.builder).map(({ id, value }) => readWord(id, value)),
        reports: under(folders.canary).flatMap(
          ({ id, value, at }) => readReport(id, value, at) ?? [],
        ),
      };
    },

    begin: (run) => put(`${root}/run`, write(run)),
    conclude: (ending) => put(`${root}/ending`, write(ending)),
    note: (entries) => put(`${root}/entries`, write(entries)),

    async forget(part, machineId) {
      try {
        await ssm.send(new DeleteParameterCommand({ Name: `${folders[part]}${machineId}` }));
      } catch (error) {
        if (!isCode(error, 'ParameterNotFound')) throw error;
      }
    },

    writePart: (index, text) =>
      put(`/perennial/${vpn}/image/${String(index).padStart(3, '0')}`, text),

    async stockImage(architecture) {
      const Name = `/aws/service/debian/release/13/latest/${architecture}`;
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
      return must(Parameter?.Value, 'the image of Debian');
    },
  };
}
