/** Credentials of a role's sessions. The access key id alone says whose they are: nobody checks signatures here. */

/** Somebody who acts as a role: a function under its own name, a server under its instance's id. */
export interface Session {
  roleName: string;
  name: string;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Neither a role's nor a session's name can have the separator in it. */
const separator = '~';
const mark = 'LOCAL';

export function toCredentials({ roleName, name }: Session): Credentials {
  const accessKeyId = [mark, roleName, name].join(separator);
  return { accessKeyId, secretAccessKey: 'local', sessionToken: 'local' };
}

/** Null for keys of any other form, which are a developer's own. */
export function readSession(accessKeyId: string): Session | null {
  const [first, roleName = '', ...name] = accessKeyId.split(separator);
  return first === mark ? { roleName, name: name.join(separator) } : null;
}
