/** One line of JSON per invocation, for people who read the function's log. */
import type { MiddlewareObj } from '@middy/core';

/** Logs what the handler answers or throws. Neither holds secrets: both are words for people. */
export function logged(write: (line: string) => void = console.log): MiddlewareObj {
  const line = (level: string, content: object) => write(JSON.stringify({ level, ...content }));
  return {
    after: ({ response }) => line('info', response ?? {}),
    onError: ({ error }) => line('error', { error: error?.name, message: error?.message }),
  };
}
