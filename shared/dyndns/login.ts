/** HTTP Basic authentication (RFC 7617): a user and a password, or nothing that could be read. */

export interface Login {
  user: string;
  password: string;
}

/** Far more than a user and a password need: what is longer is not worth decoding. */
const headerCharsMax = 1_024;

export function toLogin(header: string | undefined): Login | null {
  const [, encoded] = /^basic +([a-z0-9+/]+={0,2}) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined || encoded.length > headerCharsMax) return null;
  const text = toText(Buffer.from(encoded, 'base64'));
  // A user has no colon; all that follow the first one are the password's.
  const colon = text?.indexOf(':') ?? -1;
  if (text === null || colon === -1) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Null for what is not UTF-8: replacing what is wrong would make different passwords alike. */
function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
