/** Every way in which a secret may be written, and where one of them stands in a text. */

export interface Mark {
  /** Whose, and what. */
  what: string;
  secret: string;
}

/** Half of a password is a leak too; what is shorter might stand somewhere by chance. */
const partChars = 12;

/** Needles are looked up by so many of their first characters. */
const keyChars = 8;

/** By the form's name. */
function toForms(secret: string): Record<string, string> {
  const url = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const hex = toHex(Buffer.from(secret));
  return {
    beginning: secret.slice(0, partChars),
    end: secret.slice(-partChars),
    'without hyphens': secret.replaceAll('-', ''),
    'URL-encoded': url,
    'URL-encoded in small letters': url.replace(/%../g, (code) => code.toLowerCase()),
    'URL-encoded twice': encodeURIComponent(url),
    'JSON-escaped': json,
    'JSON-escaped twice': JSON.stringify(json).slice(1, -1),
    'JSON-escaped with slashes': json.replaceAll('/', '\\/'),
    'JSON-escaped in Unicode': secret.replace(/[^\w-]/g, toUnicode),
    hex,
    'hex in capitals': hex.toUpperCase(),
    reversed: Array.from(secret).toReversed().join(''),
    ...toBase64Forms(Buffer.from(secret)),
    ...(isKey(secret) && {
      'key in hex': toHex(Buffer.from(secret, 'base64')),
      'key in base64url': Buffer.from(secret, 'base64').toString('base64url'),
    }),
  };
}

/** Wherever it stands in what is encoded: of the first and last character other bytes have a part. */
function toBase64Forms(bytes: Buffer): Record<string, string> {
  const forms = [0, 1, 2].flatMap((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), bytes]);
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor((all.byteLength * 8) / 6);
    return (['base64', 'base64url'] as const).map((encoding) => [
      `${encoding} at ${offset}`,
      all.toString(encoding).slice(from, to),
    ]);
  });
  return Object.fromEntries(forms) as Record<string, string>;
}

function isKey(secret: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(secret);
}

function toHex(bytes: Buffer): string {
  return bytes.toString('hex');
}

function toUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Answers which of the marks stand in a text, and in which form; `may` are secrets that belong there. */
export type Find = (text: string, may?: readonly string[]) => string[];

export function toFind(marks: Mark[]): Find {
  const needles = new Map<string, { needle: string; form: string; mark: Mark }[]>();
  for (const mark of marks)
    for (const [form, needle] of Object.entries(toForms(mark.secret))) {
      if (needle.length < keyChars) throw new Error(`${mark.what} is too short to be looked for`);
      const key = needle.slice(0, keyChars);
      needles.set(key, [...(needles.get(key) ?? []), { needle, form, mark }]);
    }
  return (text, may = []) => {
    const found = new Set<string>();
    for (let at = 0; at + keyChars <= text.length; at++) {
      const here = needles.get(text.slice(at, at + keyChars));
      for (const { needle, form, mark } of here ?? [])
        if (text.startsWith(needle, at) && !may.includes(mark.secret))
          found.add(`${mark.what}, ${form}`);
    }
    return [...found];
  };
}
