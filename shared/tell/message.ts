/** News as a message in Slack's format: Block Kit for Slack, and the same in plain text for whoever takes only that. */
import { toSlackText, toTimeOfDay } from '../core/words.ts';
import { headerMax, reasonMax, sectionMax, textMax } from './limits.ts';
import { type Money, toMoneyLine } from './money.ts';
import type { News } from './news.ts';
import { toWords } from './words.ts';

interface TextObject {
  type: 'plain_text' | 'mrkdwn';
  text: string;
}

type Block =
  | { type: 'header' | 'section'; text: TextObject }
  | { type: 'context'; elements: TextObject[] };

export interface SlackMessage {
  /** All of it in plain text: Slack shows it in notifications, other receivers instead of the blocks. */
  text: string;
  blocks: Block[];
}

export interface Sender {
  /** The name that people connect to. */
  name: string;
  /** The dashboard's address, if there is one. */
  dashboard: string | null;
}

/** Made of the news, the money and the sender, none of which can hold a secret. */
export function toMessage(news: News, money: Money | null, sender: Sender): SlackMessage {
  const { title, lines } = toWords(news, sender.name);
  const cost = toMoneyLine(news, money);
  const body = [...lines, ...(cost ? [cost] : [])].map((line) => toSlackText(cut(line, reasonMax)));
  const small = [`${toTimeOfDay(news.at)} UTC`, ...toIds(news)].join(' · ');
  const { dashboard } = sender;
  return {
    text: cut(
      [title, ...body, ...(dashboard ? [`Dashboard: ${dashboard}`] : [])].join('\n'),
      textMax,
    ),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, headerMax) } },
      ...toSection(body),
      {
        type: 'context',
        elements: [
          { type: 'mrkdwn', text: dashboard ? `${small} · <${dashboard}|Dashboard>` : small },
        ],
      },
    ],
  };
}

function toSection(body: string[]): Block[] {
  if (!body.length) return [];
  return [{ type: 'section', text: { type: 'mrkdwn', text: cut(body.join('\n'), sectionMax) } }];
}

/** The instance's id is for whoever looks it up in AWS's console. */
function toIds(news: News): string[] {
  switch (news.kind) {
    case 'incident':
      return [news.lost.serverId];
    case 'recovered':
      return news.now ? [news.now.serverId] : [];
    case 'moved':
    case 'on':
    case 'free':
      return [news.to.serverId];
    case 'unrefreshed':
    case 'refreshed':
      return [news.place.serverId];
    case 'off':
    case 'stuck':
    case 'guessed':
      return [];
    default:
      return news satisfies never;
  }
}

/** Not in the middle of what an escaped character has become. */
function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).replace(/&[a-z]{0,3}$/, '')}…`;
}
