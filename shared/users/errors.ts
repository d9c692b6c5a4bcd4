/** Why a person can't have what they ask for, with a sentence that says what to do; never with a secret in it. */

type UserErrorCode = 'invalid' | 'exists' | 'unknown' | 'full' | 'busy' | 'overtaken';

export class UserError extends Error {
  readonly code: UserErrorCode;
  /** For the person who asked. */
  readonly says: string;

  constructor(code: UserErrorCode, says: string) {
    super(says);
    this.name = 'UserError';
    this.code = code;
    this.says = says;
  }
}

/** What AWS answers for a while when too much is asked of it at once; its SDK has already tried again. */
const busyCodes = new Set(['TooManyUpdates', 'ThrottlingException', 'RequestLimitExceeded']);

/** Runs a command of a person's; tells them in words of ours when AWS is only busy. */
export async function told<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Error) || !busyCodes.has(error.name)) throw error;
    throw new UserError('busy', 'AWS is busy with other changes just now; try again in a minute.');
  }
}

export function unknown(name: string): UserError {
  return new UserError('unknown', `There is no user ${name}; the list of users says who there is.`);
}
