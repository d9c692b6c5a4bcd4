/** What the API refuses, and how it says so. */
import { ref } from './shapes.ts';

export const refusals = {
  Malformed: problem('The request is malformed; `detail` says where.'),
  Unauthorized: problem('The token, or what stands for it, is missing or wrong.', {
    'WWW-Authenticate': { schema: { type: 'string' }, required: true },
  }),
  TooMany: problem('Too many wrong tokens, or too many requests.', {
    'Retry-After': { schema: { type: 'integer', minimum: 1 } },
  }),
  Broken: problem('Something went wrong here; the log says what.'),
  Unavailable: problem('AWS does not answer just now: try again.', {
    'Retry-After': { schema: { type: 'integer', minimum: 1 } },
  }),
  TooLarge: problem('The body is larger than 16 KB.'),
  WrongType: problem('The body is not of the type that is asked for, in UTF-8.'),
  NotAsked: problem('The body is not what is asked for; `errors` says where.'),
  NoUser: problem('There is no such user.'),
  NoSchedule: problem('There is no schedule.'),
  NoLedger: problem('Nothing is known of that month.'),
  InTheWay: problem('It was done before, or something else is in its way.'),
};

function problem(description: string, headers?: Record<string, unknown>) {
  return {
    description,
    ...(headers && { headers }),
    content: {
      'application/problem+json': { schema: ref('Problem') },
      // In front of the functions stands API Gateway, with refusals of its own.
      'application/json': { schema: ref('Gateway') },
    },
  };
}
