/** Every bound of the loop, by name, with its reason. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** AWS's notice before it takes a spot server. */
export const noticeMs = 2 * minuteMs;

/** Short enough that clients follow within the notice, long enough that resolvers keep it at all. */
export const nameTtlSeconds = 30;

/** How long clients may still go to the old address: Route 53 spreads a change in up to a minute, then the TTL. */
export const nameSettleMs = minuteMs + nameTtlSeconds * secondMs;

/** Where the name points while there is no server: TEST-NET-1, which nobody can own. */
export const parkedAddress = '192.0.2.1';

/** Servers report every minute; after two that are missing a third is not waited for. */
export const reportFreshMs = 3 * minuteMs;

/** From launch to serving: measured boots take 40-100 s, the slowest agents were seen at three minutes. */
export const bootMaxMs = 5 * minuteMs;

/** DescribeInstances may miss a launch or show an ended server for some tens of seconds. */
export const listLagMs = minuteMs;

/** A pool that has just interrupted us is about to do so again. */
export const interruptedPoolMs = 3 * minuteMs;

/** The keeper, the one it replaces, and one that was launched in vain. */
export const serversMax = 3;

/** Far above what any hour of real prices asks for; a loop gone wild ends here. */
export const launchesPerHourMax = 12;

/** How long the journal remembers what it only needs for guards and for EC2's lagging list. */
export const memoryMs = hourMs;

/** One pass tries each pool of the ladder at most once: ten types, six zones, two markets, and then some. */
export const passStepsMax = 150;

/** Parameter Store's limit for a standard parameter. */
export const documentBytesMax = 4_096;

/** A doubled event makes passes that write in step with each other for some rounds. */
export const journalTriesMax = 12;
