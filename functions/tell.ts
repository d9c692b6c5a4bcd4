/** The Lambda that tells people: woken when the journal changes, and by a tick for what could not be told then. */
import middy from '@middy/core';
import { logged } from '../shared/log.ts';
import { type Telling, tell } from '../shared/tell/tell.ts';
import { wireTell } from '../shared/tell/wire.ts';

const { ports, sender } = wireTell(process.env);

export const handler = middy()
  .use(logged())
  .handler((event: unknown): Promise<Telling> => tell(ports, sender, isTick(event)));

/** Whatever else comes, the journal is where the news is. */
function isTick(event: unknown): boolean {
  return (event as { 'detail-type'?: unknown } | null)?.['detail-type'] === 'Scheduled Event';
}
