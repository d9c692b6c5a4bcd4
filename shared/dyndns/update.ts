/** Answers an update: for each host in the order asked, whether it may, what it points to from now on, and why not. */

import { isDnsName } from '../core/dns-name.ts';
import { type Address, parked, toKind } from './address.ts';
import { admits, type Credential } from './credential.ts';
import { changesMax, isBarred, isRestless, withChange, withFailure } from './memory.ts';
import type { Records, UpdatePorts } from './ports.ts';
import type { Answer, Refused, Reply } from './reply.ts';
import type { Refusal, Update } from './request.ts';

/** `homes` are the names that may be changed at all. */
export async function update(
  ports: UpdatePorts,
  homes: string[],
  asked: Update | Refusal,
): Promise<Reply> {
  if (asked.kind === 'refused') return toReply(asked);
  const answers = new Map<string, Answer>();
  // One after the other: Route 53 takes no two changes of a zone at once. And each host once, however often asked.
  for (const host of new Set(asked.hosts))
    answers.set(host, await answer(ports, homes, asked, host));
  return { statusCode: 200, answers: asked.hosts.flatMap((host) => answers.get(host) ?? []) };
}

/** Who sent no login is asked for it; all else is a success of HTTP, since clients look at the words. */
function toReply({ word, why }: Refusal): Reply {
  return { statusCode: word === 'badauth' ? 401 : 200, answers: [{ word, why }] };
}

async function answer(
  ports: UpdatePorts,
  homes: string[],
  asked: Update,
  host: string,
): Promise<Answer> {
  // What is no name is not repeated: it could be a password in the wrong place.
  if (!isDnsName(host)) return { word: 'notfqdn', why: 'no full DNS name' };
  const say = (word: Refused, why: string): Answer => ({ word, host, why });
  if (!homes.includes(host)) return say('nohost', 'not among the home names');

  const now = ports.now();
  const { credential, memory } = await ports.hosts.read(host, now);
  if (isBarred(memory, asked.from)) return say('abuse', `too many failed logins of ${asked.from}`);
  if (!admits(credential, asked.login)) {
    const failed = credential && withFailure(memory, asked.from, now);
    if (failed) await ports.hosts.remember(host, failed);
    return say('badauth', credential ? 'another user or password' : 'has no credentials');
  }

  const records = await ports.records.read(host);
  const wanted = toWanted(asked.wish, credential, records);
  if (typeof wanted === 'string') return say('dnserr', wanted);
  const addresses = wanted.map(({ value }) => value);
  const changes = wanted.filter(({ type, value }) => records[type] !== value);
  if (changes.length === 0) return { word: 'nochg', host, addresses };
  if (isRestless(memory)) return say('abuse', `changed ${changesMax} times within an hour`);
  if (!(await ports.records.write(host, changes)))
    return say('dnserr', 'the zone does not take it');
  // After the deed: tries that AWS refused are not the client's fault. Who comes again after this fails is told nochg.
  await ports.hosts.remember(host, withChange(memory, now));
  return { word: 'good', host, addresses };
}

/** The addresses that the name shall have, or why it shall not. */
function toWanted(
  wish: Update['wish'],
  { v6, allow }: Credential,
  records: Records,
): Address[] | string {
  if (wish.kind === 'unreadable') return wish.why;
  // Never deleted: resolvers would remember for long that there is none.
  if (wish.kind === 'park')
    return records.AAAA === null ? [toParked('A')] : [toParked('A'), toParked('AAAA')];
  const wanted = wish.addresses.filter(({ type }) => v6 || type === 'A');
  if (wanted.length === 0) return 'an IPv6 address, which this host may not have';
  const allowed = new Set<string>(['public', ...allow]);
  const refused = wanted.find((address) => !allowed.has(toKind(address)));
  return refused ? `${refused.value} is a ${toKind(refused)} address` : wanted;
}

function toParked(type: Address['type']): Address {
  return { type, value: parked[type] };
}
