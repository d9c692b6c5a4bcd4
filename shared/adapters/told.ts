/** What the telling reads and keeps in Parameter Store: the journal, wrong tokens, the webhook, its bookmark and tries. */
import { randomUUID } from 'node:crypto';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  type Parameter,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { readAttempts } from '../documents/access.ts';
import { readJournal, readLedger } from '../documents/state.ts';
import { readBookmark, readTry, write } from '../tell/documents.ts';
import type { TellPorts } from '../tell/ports.ts';
import { Webhook } from '../tell/webhook.ts';
import { allPages, isCode, must } from './answers.ts';
import type { Clients } from './clients.ts';

/** Deletions take a call each; the rest is for the next hour. */
const deletionsMax = 50;
const pagesMax = 10;

export function toTold(
  { ssm }: Pick<Clients, 'ssm'>,
  vpn: string,
): Omit<TellPorts, 'now' | 'send'> {
  const root = `/perennial/${vpn}`;
  const journalName = `${root}/state/journal`;
  const bookmarkName = `${root}/told/bookmark`;
  const messages = `${root}/told/messages`;
  const toTryName = (id: string, number: number) => `${messages}/${id}/${number}`;

  const get = async (Name: string): Promise<Parameter | undefined> => {
    try {
      const command = new GetParameterCommand({ Name, WithDecryption: true });
      return (await ssm.send(command)).Parameter;
    } catch (error) {
      if (isCode(error, 'ParameterNotFound') || isCode(error, 'ParameterVersionNotFound')) return;
      throw error;
    }
  };
  const put = (Name: string, Value: string, Overwrite: boolean) =>
    ssm.send(new PutParameterCommand({ Name, Type: 'String', Value, Overwrite }));

  return {
    async read() {
      const bookmark = readBookmark((await get(bookmarkName))?.Value);
      const [journal, ledger, attempts, slack] = await Promise.all(
        [journalName, `${root}/state/ledger`, `${root}/api/attempts`, `${root}/slack`].map(get),
      );
      return {
        bookmark,
        journal: { value: readJournal(journal?.Value), version: journal?.Version ?? 0 },
        ledger: readLedger(ledger?.Value),
        attempts: readAttempts(attempts?.Value),
        webhook: Webhook.parse(slack?.Value),
      };
    },

    async readJournal(version) {
      const found = await get(`${journalName}:${version}`);
      return found ? readJournal(found.Value) : null;
    },

    async saveBookmark(bookmark) {
      await put(bookmarkName, write(bookmark), true);
    },

    async tries(id) {
      const all = await allPages(async (NextToken) => {
        const command = new GetParametersByPathCommand({ Path: `${messages}/${id}`, NextToken });
        const page = await ssm.send(command);
        return { items: page.Parameters ?? [], next: page.NextToken };
      });
      const toNumber = ({ Name }: Parameter) => Number(Name?.split('/').at(-1));
      return all.toSorted((a, b) => toNumber(a) - toNumber(b)).map(({ Value }) => readTry(Value));
    },

    async claim(id, number, at) {
      const by = randomUUID();
      const name = toTryName(id, number);
      try {
        await put(name, write({ outcome: 'sending', at, by }), false);
        return true;
      } catch (error) {
        if (!isCode(error, 'ParameterAlreadyExists')) throw error;
        // The SDK asks again when an answer is lost: then it was created, and by nobody else.
        const made = readTry((await get(name))?.Value);
        return made.outcome === 'sending' && made.by === by;
      }
    },

    async settle(id, number, outcome) {
      await put(toTryName(id, number), write(outcome), true);
    },

    async forget(before) {
      const old: string[] = [];
      let token: string | undefined;
      for (let page = 0; page < pagesMax && old.length < deletionsMax; page++) {
        const found = await ssm.send(
          new GetParametersByPathCommand({ Path: messages, Recursive: true, NextToken: token }),
        );
        for (const { Name, LastModifiedDate } of found.Parameters ?? [])
          if (must(LastModifiedDate, 'LastModifiedDate').getTime() < before)
            old.push(must(Name, 'Name'));
        token = found.NextToken;
        if (!token) break;
      }
      for (const Name of old) await remove(Name);
    },
  };

  async function remove(Name: string): Promise<void> {
    try {
      await ssm.send(new DeleteParameterCommand({ Name }));
    } catch (error) {
      if (!isCode(error, 'ParameterNotFound')) throw error;
    }
  }
}
