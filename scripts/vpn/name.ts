/** Where the VPN's name points. */
import { isCode } from '../../shared/adapters/answers.ts';
import { toName } from '../../shared/adapters/route53.ts';
import type { Aws } from './aws.ts';

/** Null where there is no record, and where there is no zone any more. Throws what else Route 53 answers. */
export async function readName({ clients, settings }: Aws): Promise<string | null> {
  try {
    return await toName(clients, settings).read();
  } catch (error) {
    if (isCode(error, 'NoSuchHostedZone')) return null;
    throw error;
  }
}
