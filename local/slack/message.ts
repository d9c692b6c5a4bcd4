/**
 * What Slack takes as a message, with its documented limits: https://docs.slack.dev/reference/block-kit/blocks and
 * https://docs.slack.dev/messaging/formatting-message-text. Stricter than Slack in one thing: a text of ours is whole
 * and escaped, where Slack would cut and guess.
 */
import * as v from 'valibot';

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));

/** Only links and dates may be in angle brackets, and an & only begins one of the three that are escaped. */
const mrkdwn = (max: number) =>
  v.pipe(
    text(max),
    v.check((value) => !/&(?!amp;|lt;|gt;)/.test(value), 'has an & that is not escaped'),
    v.check(
      (value) => !/[<>]/.test(value.replace(/<(https?:\/\/|!date\^)[^<>]+>/g, '')),
      'has a < or > that is not escaped',
    ),
  );

const plain = (max: number) =>
  v.strictObject({
    type: v.literal('plain_text'),
    text: text(max),
    emoji: v.optional(v.boolean()),
  });
const formatted = (max: number) =>
  v.strictObject({
    type: v.literal('mrkdwn'),
    text: mrkdwn(max),
    verbatim: v.optional(v.boolean()),
  });
const either = (max: number) => v.variant('type', [plain(max), formatted(max)]);

const block = <Entries extends v.ObjectEntries>(type: string, entries: Entries) =>
  v.strictObject({ type: v.literal(type), block_id: v.optional(text(255)), ...entries });

const list = <Item extends v.GenericSchema>(item: Item, max: number) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(max));

const button = v.strictObject({
  type: v.literal('button'),
  text: plain(75),
  url: v.optional(text(3_000)),
  action_id: v.optional(text(255)),
  value: v.optional(text(2_000)),
  style: v.optional(v.picklist(['primary', 'danger'])),
});

const message = v.strictObject({
  text: mrkdwn(40_000),
  blocks: v.optional(
    v.pipe(
      v.array(
        v.variant('type', [
          block('header', { text: plain(150) }),
          block('section', {
            text: v.optional(either(3_000)),
            fields: v.optional(list(either(2_000), 10)),
          }),
          block('context', { elements: list(either(2_000), 10) }),
          block('actions', { elements: list(button, 25) }),
          block('divider', {}),
        ]),
      ),
      v.maxLength(50),
    ),
  ),
});

export type Message = v.InferOutput<typeof message>;

/** The message, or what is wrong with it, each fault with where it is. */
export function readMessage(body: string): { message: Message } | { faults: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { faults: ['it is no JSON'] };
  }
  const parsed = v.safeParse(message, value);
  if (parsed.success) return { message: parsed.output };
  const toWhere = (issue: v.BaseIssue<unknown>) =>
    issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  return { faults: parsed.issues.map((issue) => `${toWhere(issue)}: ${issue.message}`) };
}
