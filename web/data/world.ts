/** The played world of `npm start`, which is on loopback and nowhere else. */

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

/** In production nothing is asked. */
export async function isPlayed(): Promise<boolean> {
  if (!loopback.test(location.hostname)) return false;
  const response = await fetch('/_world/').catch(() => null);
  return response?.ok ?? false;
}

interface Text {
  text: string;
}

/** As Slack takes it; only what Perennial uses of it. `at` in epoch milliseconds. */
export interface SlackMessage {
  at: number;
  blocks?: ({ type: 'header' | 'section'; text: Text } | { type: 'context'; elements: Text[] })[];
}

/** What Slack was told, the newest first. */
export async function readSlack(): Promise<SlackMessage[]> {
  const response = await fetch('/_world/');
  const { slack } = (await response.json()) as { slack: SlackMessage[] };
  return slack.reverse();
}

/** Throws the sentence in which the world says why not. */
export async function makeTrouble(name: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`/_world/${name}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  const { error } = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(error ?? `The played world answered ${response.status}`);
}
