/** The played world of `npm start`, which is on loopback and nowhere else. */

export interface PlayedWorld {
  cap: number;
}

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/;

/** In production nothing is asked. */
export async function isPlayed(): Promise<boolean> {
  if (!loopback.test(location.hostname)) return false;
  const response = await fetch('/_world/').catch(() => null);
  return response?.ok ?? false;
}

export async function readWorld(): Promise<PlayedWorld> {
  return answerOf(await fetch('/_world/'));
}

/** Answers how the world is then. */
export async function makeTrouble(name: string, body: object): Promise<PlayedWorld> {
  const headers = { 'content-type': 'application/json' };
  return answerOf(
    await fetch(`/_world/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
}

async function answerOf(response: Response): Promise<PlayedWorld> {
  const answer = (await response.json()) as PlayedWorld & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The played world answered ${response.status}`);
  return answer;
}
