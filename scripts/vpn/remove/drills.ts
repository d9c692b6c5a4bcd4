/** The role and the experiment templates of a drill that was broken off: they cost nothing, but let AWS take servers. */
import type { Aws } from '../aws.ts';
import { clear, findRemains, toMeans } from '../drill/remains.ts';

/** What there is, in words. */
export async function findDrills(aws: Aws): Promise<string[]> {
  const { templateIds, roleName } = await findRemains(await toMeans(aws));
  return [
    ...templateIds.map((id) => `the experiment template ${id} of a drill`),
    ...(roleName ? [`the role ${roleName} of a drill`] : []),
  ];
}

/** Answers in sentences what could not be removed. */
export async function removeDrills(aws: Aws): Promise<string[]> {
  return (await findDrills(aws)).length ? clear(await toMeans(aws)) : [];
}
