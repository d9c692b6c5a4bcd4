/** The webhook's URL is a secret: whoever has it can write into the channel. It opens only where it is used. */

export class Webhook {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** "none", like nothing at all, means that nobody wants to be told. */
  static parse(text: string | undefined): Webhook | null {
    const given = text?.trim() ?? '';
    return given === '' || given.toLowerCase() === 'none' ? null : new Webhook(given);
  }

  /** For the one who sends, and nobody else. Null if it is no URL that a message may go to. */
  open(): URL | null {
    const url = URL.parse(this.#text);
    return url && isSafe(url) ? url : null;
  }
}

/** Without encryption only to this machine, as in tests and in `npm start`. */
function isSafe({ protocol, hostname }: URL): boolean {
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}
