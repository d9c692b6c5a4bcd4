/**
 * Reads the journal, version after version, for what is worth a message. Pure: the same versions give the same news
 * under the same ids, whoever reads them, and what is read again changes nothing. So several may read at once.
 */
import type { Journal } from '../core/journal.ts';
import { toCause, toLaunching } from './causes.ts';
import { reasonMs, stepMs } from './limits.ts';
import { type Line, toLines } from './lines.ts';
import { type News, type Place, toId } from './news.ts';
import { learnPlaces, toPlace, withPlace } from './places.ts';
import { follow, type SecretsLine, type Struggles } from './struggles.ts';

/** What has to be known of all that was read, to read on. Times are epoch milliseconds. */
export interface Story {
  places: Place[];
  /** Where the name was last pointed to; null while the VPN is off. */
  named: { at: number; serverId: string | null };
  incident: { at: number; serverId: string; isDrill: boolean } | null;
  /** When the last incident was over: what began before is known. */
  calm: { at: number };
  /** Since when nothing can be launched, and when that was last over. */
  stuck: { at: number } | null;
  free: { at: number };
  secrets: Struggles;
  idle: { at: number; why: string } | null;
}

/** Begins where the loop's own memory is: what was before is no news. */
export function toStory(journal: Journal): Story {
  const { named, moved, incident, stuck, launches } = journal.memory;
  const last = { at: journal.entries.at(-1)?.at ?? 0 };
  const { serverId = null, address } = named ?? {};
  const launched = launches.reduce<Place[]>(withPlace, []);
  const places = learnPlaces(launched, toLines(journal), [serverId]);
  return {
    places: serverId && address ? withPlace(places, { serverId, address }) : places,
    // Where the name stays with an address, only that moves.
    named: { at: Math.max(named?.at ?? 0, moved?.at ?? 0), serverId },
    incident: incident && { at: incident.at, serverId: incident.serverId, isDrill: false },
    calm: incident ? { at: 0 } : last,
    stuck: stuck === null ? null : last,
    free: stuck === null ? last : { at: 0 },
    secrets: { unrefreshed: [], settled: last },
    idle: null,
  };
}

interface Step {
  story: Story;
  news?: News;
}

/** Reads one version of the journal. */
export function readOn(before: Story, journal: Journal): { story: Story; news: News[] } {
  const lines = toLines(journal);
  const kept = [before.named.serverId, before.incident?.serverId ?? null];
  let story: Story = { ...before, places: learnPlaces(before.places, lines, kept) };
  const news: News[] = [];
  for (const line of inOrder(lines)) {
    const step = take(story, line, lines);
    story = step.story;
    if (step.news) news.push(step.news);
  }
  return { story, news };
}

/** By time, but an incident before the move that answers it: the loop notes both in one step, the move first. */
function inOrder(lines: Line[]): Line[] {
  // Parts of a millisecond order what has the same time.
  const rank = (line: Line) => {
    if (line.kind === 'recovered') return line.at + 0.5;
    if (line.kind !== 'incident') return line.at;
    const answer = lines.find(
      ({ kind, at, ...other }) =>
        (kind === 'pointing' || kind === 'moving') &&
        'serverId' in other &&
        other.serverId !== line.serverId &&
        at <= line.at &&
        at > line.at - stepMs,
    );
    return answer ? answer.at - 0.25 : line.at + 0.25;
  };
  return lines.toSorted((a, b) => rank(a) - rank(b));
}

/** Each line is guarded by its time: one that comes again, or late, changes nothing. */
function take(story: Story, line: Line, lines: Line[]): Step {
  const { at } = line;
  switch (line.kind) {
    case 'incident':
      return begin(story, line, lines);
    case 'recovered':
      return recover(story, line);
    // With the address that it points to, or to another one.
    case 'pointing':
    case 'moving':
      return point(story, line);
    case 'parking':
      return park(story, line);
    case 'stuck':
      if (story.stuck || at <= story.free.at) return { story };
      return {
        story: { ...story, stuck: { at } },
        news: { kind: 'stuck', id: toId(at, 'stuck'), at, why: line.why },
      };
    case 'launched':
      return free(story, line);
    case 'unrefreshed':
    case 'refreshed':
    case 'retiring':
    case 'ended':
      return followSecrets(story, line);
    case 'idling':
      return { story: { ...story, idle: { at, why: line.why } } };
    // These are read as the reason of others.
    case 'launching':
    case 'doomed':
    case 'drilling':
      return { story };
    default:
      return line satisfies never;
  }
}

function begin(story: Story, line: Line & { kind: 'incident' }, lines: Line[]): Step {
  const { at, serverId } = line;
  if (story.incident || at <= story.calm.at) return { story };
  // A pass that was late tells of a server that the name has left since, or has left and come back to.
  if (serverId !== story.named.serverId || at < story.named.at) return { story };
  const cause = toCause(line, lines);
  const lost = toPlace(story.places, serverId);
  const launching = toLaunching(line, lines);
  return {
    story: { ...story, incident: { at, serverId, isDrill: cause.kind === 'drill' } },
    news: { kind: 'incident', id: toId(at, 'incident'), at, lost, cause, launching },
  };
}

function recover(story: Story, line: Line & { kind: 'recovered' }): Step {
  const { at, serverId, outageMs, gapMs } = line;
  const { incident, places } = story;
  if (!incident || at < incident.at) return { story };
  const news: News = {
    kind: 'recovered',
    // Named after its beginning, since two passes may word the same end in two ways.
    id: toId(incident.at, 'recovered'),
    at,
    lost: toPlace(places, incident.serverId),
    now: serverId ? toPlace(places, serverId) : null,
    outageMs,
    gapMs,
    isDrill: incident.isDrill,
  };
  const over = { ...story, incident: null, calm: { at }, stuck: null, free: { at } };
  return { story: serverId ? over : { ...over, named: { at, serverId: null } }, news };
}

function point(story: Story, { at, serverId }: Line & { kind: 'pointing' | 'moving' }): Step {
  const { named, places, incident } = story;
  if (at <= named.at) return { story };
  const moved = { ...story, named: { at, serverId } };
  if (incident || named.serverId === serverId) return { story: moved };
  const to = toPlace(places, serverId);
  if (named.serverId === null)
    return { story: moved, news: { kind: 'on', id: toId(at, 'on'), at, to } };
  const from = toPlace(places, named.serverId);
  return { story: moved, news: { kind: 'moved', id: toId(at, 'moved'), at, from, to } };
}

/** Parked for a server, the name only waits for the next; parked for none, the VPN is off. */
function park(story: Story, { at, serverId }: Line & { kind: 'parking' }): Step {
  const { named, incident, idle } = story;
  if (serverId || named.serverId === null || at <= named.at) return { story };
  const parked = { ...story, named: { at, serverId: null } };
  if (incident) return { story: parked };
  const why = idle && at - idle.at < reasonMs ? idle.why : null;
  return { story: parked, news: { kind: 'off', id: toId(at, 'off'), at, why } };
}

function free(story: Story, { at, serverId }: Line & { kind: 'launched' }): Step {
  const { stuck } = story;
  if (!stuck || at <= stuck.at) return { story };
  const to = toPlace(story.places, serverId);
  const news: News = { kind: 'free', id: toId(stuck.at, 'free'), at, to };
  return { story: { ...story, stuck: null, free: { at } }, news };
}

function followSecrets(story: Story, line: SecretsLine): Step {
  const { secrets, news } = follow(story.secrets, line);
  if (!news) return { story: { ...story, secrets } };
  const place = toPlace(story.places, line.serverId);
  return { story: { ...story, secrets }, news: { ...news, place } };
}
