/** What is wrong with a request, as RFC 9457 has it: thrown anywhere, answered in one place. */

/** One fault in a request: `at` is where, like `/name` in the body or `?hours`. */
export interface Fault {
  at: string;
  detail: string;
}

interface More {
  headers?: Record<string, string>;
  errors?: Fault[];
}

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** `detail` is a sentence that says what to do, and no secret. */
export class Problem extends Error {
  readonly status: keyof typeof titles;
  readonly headers: Record<string, string>;
  readonly errors: Fault[] | undefined;

  constructor(status: keyof typeof titles, detail: string, { headers = {}, errors }: More = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.headers = headers;
    this.errors = errors;
  }

  toAnswer() {
    const { status, message: detail, errors } = this;
    const type = 'about:blank';
    const document = { type, title: titles[status], status, detail, ...(errors && { errors }) };
    const headers = { ...this.headers, 'content-type': 'application/problem+json' };
    return { statusCode: status, headers, body: JSON.stringify(document) };
  }
}

/** `seconds` until it is worth trying again. */
export function retryAfter(seconds: number): Record<string, string> {
  return { 'retry-after': String(Math.max(1, Math.ceil(seconds))) };
}
