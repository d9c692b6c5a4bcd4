/** Who logs in at a PPTP server, and with what, by its chap-secrets: as pppd finds it there (`scan_authfile`). */
import { type Row, toRows } from './words.ts';

export interface Login {
  user: string;
  password: string;
  line: number;
  /** The addresses that pppd lets them have, if not any. */
  addresses: string[];
  /** More options of pppd, for this user alone. */
  options: string[];
}

/** A line by which nobody logs in here, and why; never with a secret in it. */
export interface Left {
  line: number;
  why: string;
}

const wild = '*';

/** `server` is the name that the PPTP server goes by. */
export function toLogins(text: string, server: string): { logins: Login[]; left: Left[] } {
  const rows = toRows(text);
  const names = new Set(rows.map(({ words: [client = ''] }) => client));
  const found = [...names]
    .filter((name) => name !== wild)
    .flatMap((name) => toBest(rows, name, server) ?? []);
  const logins = found.filter(({ words, isUnclosed }) => !whyNobody(words) && !isUnclosed);
  const used = new Set(logins);
  return {
    logins: logins.map(toLogin),
    left: rows
      .filter((row) => !used.has(row))
      .map((row) => ({ line: row.line, why: whyLeft(row, server) })),
  };
}

/** The line with a name for the server goes before one with a name for the user alone; of equals the first counts. */
function toBest(rows: Row[], name: string, server: string): Row | null {
  let best: Row | null = null;
  let bestRank = -1;
  for (const row of rows) {
    const [client, ofServer, secret] = row.words;
    if (secret === undefined || (client !== name && client !== wild)) continue;
    if (ofServer !== server && ofServer !== wild) continue;
    const rank = (client === wild ? 0 : 1) + (ofServer === wild ? 0 : 2);
    if (rank > bestRank) [best, bestRank] = [row, rank];
  }
  // Whoever else has that name logs in by the password of all.
  return best?.words[0] === name ? best : null;
}

function toLogin({ line, words: [user = '', , password = '', ...rest] }: Row): Login {
  const end = rest.indexOf('--');
  const addresses = end < 0 ? rest : rest.slice(0, end);
  return {
    user,
    password,
    line,
    addresses: addresses.filter((word) => word !== wild),
    options: end < 0 ? [] : rest.slice(end + 1),
  };
}

/** Why the line lets nobody in, whoever it is for. */
function whyNobody(words: string[]): string | null {
  const [, , password = '', ...rest] = words;
  if (words.length < 3) return 'it has fewer than three words';
  if (password.startsWith('@/')) return 'its password stands in another file';
  const end = rest.indexOf('--');
  const [first] = end < 0 ? rest : rest.slice(0, end);
  if (first === undefined) return 'without a fourth word pppd lets nobody in by it';
  return first.startsWith('-') ? 'it allows no address' : null;
}

function whyLeft({ words, isUnclosed }: Row, server: string): string {
  const [client, ofServer] = words;
  if (isUnclosed) return 'a quotation in it is not closed, and takes in all that stands below';
  if (words.length < 3) return whyNobody(words) ?? '';
  if (ofServer !== server && ofServer !== wild) return `it is not for the server "${server}"`;
  if (client === wild) return 'one password for whoever comes: here each user has their own';
  return whyNobody(words) ?? 'another line goes before it';
}
