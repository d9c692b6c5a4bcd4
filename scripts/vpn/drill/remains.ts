/** What a drill makes in the account, found again and removed: at its end, or after one that was broken off. */
import type { IAMClient } from '@aws-sdk/client-iam';
import { isCode } from '../../../shared/adapters/answers.ts';
import { vpnTag } from '../../../shared/adapters/looks.ts';
import type { Aws } from '../aws.ts';
import { toSentence } from '../trouble.ts';
import { type Experiment, type Fis, toFis } from './fis.ts';
import { hasRole, type Place, removeRole, roleNameOf } from './role.ts';

export interface Means {
  fis: Fis;
  iam: Pick<IAMClient, 'send'>;
  place: Place;
}

type Where = Omit<Means, 'place'> & { place: Pick<Place, 'vpn' | 'region'> };

/** What is known to be there, before AWS lists it. */
export interface Made {
  templateId: string | null;
  experimentId: string | null;
}

export interface Remains {
  templateIds: string[];
  /** Null if there is none. */
  roleName: string | null;
}

export const hasEnded = ({ state: { status } }: Experiment) =>
  status === 'completed' || status === 'stopped' || status === 'failed';

export async function toMeans({ settings, options }: Aws): Promise<Where> {
  const { IAMClient } = await import('@aws-sdk/client-iam');
  const place = { vpn: settings.policy.vpn, region: settings.region };
  return { fis: toFis(options), iam: new IAMClient(options), place };
}

/** Where the service is not, or may not be looked at, no drill has left anything in it. */
export async function findRemains({ fis, iam, place }: Where): Promise<Remains> {
  const [templateIds, isThere] = await Promise.all([
    listTemplates(fis, place.vpn).catch(orNone<string[]>([])),
    hasRole(iam, place).catch(orNone(false)),
  ]);
  return { templateIds, roleName: isThere ? roleNameOf(place) : null };
}

function orNone<T>(none: T) {
  return (error: unknown): T => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    const isDenied = isCode(error, 'AccessDenied') || isCode(error, 'AccessDeniedException');
    if (isDenied || code === 'ENOTFOUND') return none;
    throw error;
  };
}

/** The experiment first: it acts as the role. What can't be removed keeps nothing else, and is answered in sentences. */
export async function clear({ fis, iam, place }: Where, made?: Made): Promise<string[]> {
  const left: string[] = [];
  const doing = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (isCode(error, 'ResourceNotFoundException')) return;
      left.push(`${what}: ${toSentence(error)}`);
    }
  };
  const { experimentId = null, templateId = null } = made ?? {};
  if (experimentId)
    await doing(`The experiment ${experimentId} could not be stopped`, async () => {
      // One of which nothing can be known may still act: it is stopped, and that says why if it can't be.
      const seen = await fis.read(experimentId).catch(() => null);
      if (!seen || !hasEnded(seen)) await fis.stop(experimentId);
    });
  const templateIds = new Set(templateId ? [templateId] : []);
  await doing('Templates that earlier drills have left could not be listed', async () => {
    for (const id of await listTemplates(fis, place.vpn)) templateIds.add(id);
  });
  for (const id of templateIds)
    await doing(`The experiment template ${id} could not be removed`, () => fis.deleteTemplate(id));
  await doing(`The role ${roleNameOf(place)} could not be removed`, () => removeRole(iam, place));
  return left;
}

async function listTemplates(fis: Fis, vpn: string): Promise<string[]> {
  const all = await fis.listTemplates();
  return all.filter(({ tags }) => tags[vpnTag] === vpn).map(({ id }) => id);
}
