/** What went wrong, in one sentence that says what to do next. */

/** Something that the person can mend. */
export class Trouble extends Error {
  readonly code: number;
  /** It may be over in a moment. */
  readonly isPassing: boolean;

  constructor(message: string, { code = 1, isPassing = false } = {}) {
    super(message);
    this.name = 'Trouble';
    this.code = code;
    this.isPassing = isPassing;
  }
}

/** The command line itself is wrong. */
export class Usage extends Trouble {
  constructor(message: string) {
    super(message, { code: 2 });
    this.name = 'Usage';
  }
}

/** AWS's words for what any call may meet, and what helps. */
const remedies: [RegExp, (message: string) => string][] = [
  [
    /^(CredentialsProviderError|TokenProviderError)$/,
    () =>
      'There are no AWS credentials: set AWS_PROFILE, or run "aws configure" or "aws sso login".',
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    () => 'Your AWS credentials have run out: get new ones, for example by "aws sso login".',
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException)$/,
    () =>
      'AWS does not know these credentials: see with "aws sts get-caller-identity" whose they are.',
  ],
  [
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    (message) => `Your AWS credentials may not do that: ask for leave. AWS says: ${message}`,
  ],
  [
    /^(Throttling|ThrottlingException|RequestLimitExceeded|TooManyUpdates)$/,
    () => 'AWS is asked too often just now: wait a moment and try again.',
  ],
];

export function toSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  const code = (error as NodeJS.ErrnoException).code ?? (cause as NodeJS.ErrnoException)?.code;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `Nobody answers there (${code}): check the address and whether this machine is online.`;
  const remedy = remedies.find(([pattern]) => pattern.test(name));
  return remedy ? remedy[1](message) : message;
}

export function toCode(error: unknown): number {
  return error instanceof Trouble ? error.code : 1;
}
