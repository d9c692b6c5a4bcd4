/** An adoption for people and for programs: what it will do before, and what is left to do after. Never a password. */
import type { Status } from '../../../web/data/answers.ts';
import { paint } from '../screen.ts';
import { type Adoption, type Seen, toWords } from './plan.ts';

/** For programs. */
export function toShown(files: string[], adoption: Adoption, isDone: boolean): object {
  const { adds, here, left, notes, launches, turnsOn, cancels, ends } = adoption;
  return {
    files,
    added: adds.map(({ user, remarks }) => ({ user, remarks })),
    here,
    left,
    notes,
    launches,
    turnsOn,
    cancels,
    ends,
    done: isDone,
  };
}

export function isAnything({ adds, launches, cancels, ends }: Adoption): boolean {
  return adds.length > 0 || launches !== null || cancels !== null || ends !== null;
}

/** What will be done, in its order, and what is different after it. */
export function toPlanText(files: string[], adoption: Adoption, { request }: Seen): string {
  const { adds, here, left, notes, launches, turnsOn, waits, cancels, ends } = adoption;
  const steps = [
    ...adds.map(({ user, remarks }) =>
      [`add ${user}, with the password they have`, ...remarks.map(weakly)].join('; '),
    ),
    ...(launches ? [`launch servers from ${launches}, an image of Perennial's`] : []),
    ...(turnsOn ? ['turn the VPN on'] : []),
    ...(waits ? ['wait until a new server serves and lets them in'] : []),
    ...(cancels && request ? [`cancel the spot request ${toWords(request)}`] : []),
    ...(ends ? [`end the old server ${ends}`] : []),
  ];
  return [
    `Read: ${files.join(', ')}`,
    ...toList(steps.length ? 'This will be done:' : 'There is nothing to do.', steps),
    ...toList('Users already, who stay as they are:', here),
    ...toList(paint('yellow', 'Not taken:'), left),
    ...toList('From then on:', notes),
  ].join('\n');
}

/** What was done, and what only a person can do now. */
export function toEndText(adoption: Adoption, seen: Seen, served: Status | null): string {
  const { adds, left, cancels, ends } = adoption;
  const { request, isOn } = seen;
  const isLeft = request?.serverId && !ends;
  const lines = [
    ...(adds.length ? [`${adds.length} added.`] : []),
    ...(cancels ? [`${cancels} is cancelled.`] : []),
    ...(ends ? [`${ends} is ended.`] : []),
    ...(served ? [`${served.name} serves.`] : []),
    ...(left.length ? [`Not taken: ${left.length}; the reasons stand above.`] : []),
    ...(served || isOn ? [] : ['Next: vpn start --wait']),
    ...(isLeft
      ? [`The old server ${request.serverId} runs on. Once nobody needs it: --end-server`]
      : []),
  ];
  return lines.length ? lines.join('\n') : 'Nothing was to be done.';
}

function weakly(remark: string): string {
  return remark.startsWith('weak') ? paint('yellow', remark) : remark;
}

function toList(head: string, items: string[]): string[] {
  if (!items.length) return head.endsWith('.') ? [head] : [];
  return [head, ...items.map((item) => `  - ${item}`)];
}
