/** Makes a story that breaks a promise as small as it gets: fewer hours, fewer kinds of trouble, the same break. */
import { type Broken, toPledges } from './promises.ts';
import { type Story, simulate } from './simulation.ts';
import { type Troubles, troublesOf, without } from './weather.ts';

export interface Shrunk {
  /** What still breaks the promise. */
  story: Story;
  broken: Broken;
  /** The kinds of trouble that it does without. */
  without: (keyof Troubles)[];
  /** Up to the break. */
  trace: string[];
}

/** Each run costs as much as the story itself; what is not small by then is small enough. */
const runsMax = 120;
const hourMs = 60 * 60_000;

/** Null if the story does not break that promise. */
export async function shrink(story: Story, promise: string): Promise<Shrunk | null> {
  let runs = 0;
  // Another promise that breaks first would end the story before this one does.
  const pledges = story.pledges ?? toPledges(story.weather.bounds);
  const alone = { ...story, pledges: pledges.filter((pledge) => pledge.promise === promise) };
  let smallest = await breaks(alone, promise);
  /** Whether that breaks the promise too: then it is the smallest by now. */
  const tryIt = async (candidate: Story): Promise<boolean> => {
    if (story.signal?.aborted || runs++ >= runsMax) return false;
    const found = await breaks(candidate, promise);
    smallest = found ?? smallest;
    return found !== null;
  };

  for (let isSmaller = smallest !== null; smallest && isSmaller; ) {
    isSmaller = false;
    for (const kind of troublesOf(smallest.story.weather)) {
      const { weather } = smallest.story;
      if (await tryIt({ ...smallest.story, weather: without(weather, [kind]) })) isSmaller = true;
    }
    const { hours } = smallest.story;
    if (await tryIt({ ...smallest.story, hours: toHours(hours / 2) }))
      isSmaller ||= smallest.story.hours < hours;
  }
  if (!smallest) return null;
  const { trace } = await simulate({ ...smallest.story, keepTrace: true, stopsAtBreak: true });
  const left = new Set(troublesOf(smallest.story.weather));
  const gone = troublesOf(story.weather).filter((kind) => !left.has(kind));
  return { ...smallest, without: gone, trace };
}

/** The story up to its break, if it does break that promise. */
async function breaks(story: Story, promise: string) {
  const outcome = await simulate({ ...story, stopsAtBreak: true });
  const broken = outcome.broken.find((other) => toGist(other.promise) === toGist(promise));
  if (!broken) return null;
  // A storm that ends just after the break is the same up to there; a break in the rest after it needs it all.
  const hours = Math.min(story.hours, toHours((broken.at - outcome.start) / hourMs));
  return { story: { ...story, hours }, broken };
}

/** Upwards, to what one likes to type. */
function toHours(hours: number): number {
  return Math.ceil(hours * 100) / 100;
}

/** "At rest there is one server, not 0" is the same break as "not 2". */
function toGist(promise: string): string {
  return promise.replace(/\d+/g, '');
}
