/** What pptpd and its pppd are told: which addresses they give out, and which name the server goes by. */
import { isIPv4 } from 'node:net';
import { toRows } from './words.ts';

export interface PptpdConf {
  /** As they stand there, like `192.168.0.1` and `192.168.0.234-238,192.168.0.245`; null if they don't. */
  localip: string | null;
  remoteip: string | null;
  /** The file of pppd's options. */
  options: string | null;
}

export interface PppOptions {
  name: string | null;
  dns: string[];
}

/** The first line with a keyword counts, as pptpd has it. */
export function readPptpdConf(text: string): PptpdConf {
  const find = (keyword: string) => {
    const line = text.split('\n').find((one) => one.trim().split(/\s+/)[0] === keyword);
    return line?.trim().split(/\s+/)[1] ?? null;
  };
  return { localip: find('localip'), remoteip: find('remoteip'), options: find('option') };
}

export function readPppOptions(text: string): PppOptions {
  const rows = toRows(text).map(({ words }) => words);
  const name = rows.findLast(([option]) => option === 'name')?.[1] ?? null;
  const dns = rows.filter(([option]) => option === 'ms-dns').flatMap(([, server]) => server ?? []);
  return { name, dns };
}

/** How many devices a `remoteip` has addresses for; null if it makes no sense. */
export function countAddresses(remoteip: string): number | null {
  let count = 0;
  for (const part of remoteip.split(',')) {
    const [first = '', last] = part.split('-');
    const from = Number(first.split('.')[3]);
    const to = last === undefined ? from : Number(last);
    if (!isIPv4(first) || !Number.isInteger(to) || to < from || to > 255) return null;
    count += to - from + 1;
  }
  return count;
}
