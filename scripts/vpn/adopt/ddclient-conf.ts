/** Which names a ddclient moves, and where, by its ddclient.conf. What it logs in with is passed over. */

export interface DynamicName {
  host: string;
  /** Like `dyndns2`. */
  protocol: string | null;
  /** Like `members.dyndns.org`. */
  server: string | null;
}

type Values = Record<string, string>;

/** As ddclient reads it: values hold for the hosts below, or for those of the same line alone. */
export function readDdclientConf(text: string): DynamicName[] {
  const globals: Values = {};
  const names = new Map<string, DynamicName>();
  for (const line of toLines(text)) {
    const { values, rest } = readValues(line);
    const [hosts = ''] = rest.replace(/\s*,\s*/g, ',').split(/\s+/);
    const all = [...hosts.split(','), ...(values.host ?? '').split(',')].filter(Boolean);
    if (!all.length) Object.assign(globals, values);
    const { protocol = null, server = null } = { ...globals, ...values };
    for (const host of all) names.set(host, { host: host.toLowerCase(), protocol, server });
  }
  return [...names.values()];
}

/** Without comments, and lines that go on below joined. A password may have a `#` in it: it is left out first. */
function toLines(text: string): string[] {
  const lines: string[] = [];
  let before = '';
  for (const one of text.split(/\r?\n/)) {
    const line = before + withoutPassword(one).replace(/#.*/, '');
    before = '';
    if (line.endsWith('\\')) before = line.slice(0, -1);
    else lines.push(line.trim());
  }
  return [...lines, before.trim()].filter(Boolean);
}

function withoutPassword(line: string): string {
  return line.replace(
    /^([^#]*\bpassword\S*?)\s*=\s*('.*'|[^']\S*)/,
    (whole, key: string) =>
      // Outside quotes the end of the line is not the password's.
      `${key}=x${/\s\\$/.test(whole) ? '\\' : ''}`,
  );
}

/** `use=web, web-skip='IP Address' a.example.org` -> its values, and what is left of it. */
function readValues(line: string): { values: Values; rest: string } {
  const values: Values = {};
  const pattern = /^[,\s]*([a-z][\w-]*)=((?:\\.|'[^']*'|"[^"]*"|[^\s,'"\\])*)/i;
  let rest = line;
  for (let found = pattern.exec(rest); found; found = pattern.exec(rest)) {
    const [whole, key = '', value = ''] = found;
    values[key.toLowerCase()] = value.replace(/\\(.)|['"]/g, '$1');
    rest = rest.slice(whole.length);
  }
  return { values, rest: rest.replace(/^[,\s]+/, '') };
}
