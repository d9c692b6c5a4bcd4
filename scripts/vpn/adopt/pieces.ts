/** Reads the files of a PPTP server of one's own: as they lie on it, or copied into one folder. Each within bounds. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Trouble } from '../trouble.ts';
import { type Left, type Login, toLogins } from './chap-secrets.ts';
import { type DynamicName, readDdclientConf } from './ddclient-conf.ts';
import { type PptpdConf, readPppOptions, readPptpdConf } from './pptpd-conf.ts';

export interface Pieces {
  /** Which files there were. */
  files: string[];
  /** The name of the PPTP server in chap-secrets. */
  server: string;
  logins: Login[];
  left: Left[];
  pptpd: PptpdConf;
  dns: string[];
  names: DynamicName[];
}

/** Many times what thirty users need. */
const fileBytesMax = 256 * 1_024;

/** What the how-to and Debian's package call it. */
const usualServer = 'pptpd';

/** Throws a Trouble if there is no chap-secrets, or something that is no such file. */
export function readPieces(folder: string): Pieces {
  const files: string[] = [];
  const read = (path: string): string | null => {
    // Whatever a file names is looked for below the folder, and nowhere else.
    const tried = [join(folder, join('/', path)), join(folder, basename(path))];
    for (const file of new Set(tried)) {
      const text = readBounded(file);
      if (text === null) continue;
      files.push(file);
      return text;
    }
    return null;
  };
  const secrets = read('etc/ppp/chap-secrets');
  if (secrets === null)
    throw new Trouble(
      `There is no etc/ppp/chap-secrets in ${folder}, nor chap-secrets itself: copy it from the old server.`,
    );
  const pptpd = readPptpdConf(read('etc/pptpd.conf') ?? '');
  const options = readPppOptions(read(pptpd.options ?? 'etc/ppp/pptpd-options') ?? '');
  const server = options.name ?? usualServer;
  const names = readDdclientConf(read('etc/ddclient.conf') ?? '');
  return { files, server, ...toLogins(secrets, server), pptpd, dns: options.dns, names };
}

/** A character for each byte, since pppd knows no others. Null if it is not there. */
function readBounded(file: string): string | null {
  let descriptor: number;
  try {
    // A pipe would be waited for for ever.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Trouble(`${file} can't be read (${code}): try it as root, or copy it.`);
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw new Trouble(`${file} is no file.`);
    const bytes = Buffer.alloc(fileBytesMax + 1);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    if (length > fileBytesMax)
      throw new Trouble(`${file} has more than ${fileBytesMax / 1_024} KB: that is no such file.`);
    return bytes.toString('latin1', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
