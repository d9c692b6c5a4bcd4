/** Only where AWS is played: what people are told in Slack, as it looks there. */
import { useEffect, useState } from 'preact/hooks';
import { toTime } from '../data/words.ts';
import { readSlack, type SlackMessage } from '../data/world.ts';

/** The world is on this machine. */
const lookMs = 2_000;

export function SlackPane() {
  const messages = useSlack();
  const [newest] = messages;
  const title = newest?.blocks?.[0];
  return (
    <details class="slack">
      <summary>
        Slack: {title && 'text' in title ? toPlain(title.text.text) : 'nothing was said yet'}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <ol tabIndex={0} aria-label="Messages in Slack">
        {messages.map((message) => (
          <li key={message.at} class="slack-message">
            <Message message={message} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function useSlack(): SlackMessage[] {
  const [messages, setMessages] = useState<SlackMessage[]>([]);
  useEffect(() => {
    // While the world is being ended nobody answers; what was said stays.
    const look = () => readSlack().then(setMessages, () => {});
    void look();
    const timer = setInterval(look, lookMs);
    return () => clearInterval(timer);
  }, []);
  return messages;
}

function Message({ message: { at, blocks = [] } }: { message: SlackMessage }) {
  return (
    <>
      <p>
        <strong>Perennial</strong> <span class="app">APP</span>{' '}
        <span class="quiet">{toTime(at)}</span>
      </p>
      {blocks.map((block) =>
        block.type === 'context' ? (
          <p key={block.type} class="context quiet">
            {block.elements.map(({ text }) => toPlain(text)).join(' ')}
          </p>
        ) : (
          <p key={block.type} class={block.type}>
            {toPlain(block.text.text)}
          </p>
        ),
      )}
    </>
  );
}

/** Slack's links and dates by their words, and what it has escaped. */
function toPlain(text: string): string {
  return text
    .replace(/<[^<>|]+\|([^<>]+)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
