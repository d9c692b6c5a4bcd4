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

/** An Elastic IP address moves in a second or two; the server that had it is kept until that is over for sure. */
export const addressSettleMs = 15 * secondMs;

/** When the account has no address left, whether there is one is asked again after this, at the next move. */
export const unallocatedMs = hourMs;

/** How long the VPN's address is kept while no server can be had: it costs what it does in use. */
export const addressKeptMs = hourMs;

/** After a move the new server's word on how its clients came over is waited for, before people are told. */
export const handoverMs = 15 * secondMs;

/** Where the name points while there is no server: TEST-NET-1, which nobody can own. */
export const parkedAddress = '192.0.2.1';

/** Servers report every minute; after two that are missing a third is not waited for. */
export const reportFreshMs = 3 * minuteMs;

/** From launch to serving: measured boots take 40-100 s, the slowest agents were seen at three minutes. */
export const bootMaxMs = 5 * minuteMs;

/** DescribeInstances may miss a launch or show an ended server for some tens of seconds. */
export const listLagMs = minuteMs;

/** A pool that has just interrupted us is about to do so again; one that does so repeatedly, the more. */
export const interruptedPoolMs = 3 * minuteMs;
export const interruptedPoolMaxMs = 6 * hourMs;

/** The same for refusals, which cost us nothing but the asking. */
export const refusedPoolMaxMs = hourMs;

/** How long after its end a hold is remembered, so that the next one of its kind is longer. */
export const holdMemoryMs = 2 * hourMs;

/** How far back prices are read: spot must have been cheap for all of this before we return to it. */
export const priceWindowMs = hourMs;

/** "Clearly under" the cap, and clearly cheaper than on demand: less is not worth a move. */
export const returnShare = 0.9;

/** A server on demand is kept at least for this: what drove us off spot is seldom over sooner. */
export const onDemandHoldMs = hourMs;

/** After so many interruptions within a day the spot market is restless … */
export const restlessInterruptions = 3;
/** … and we stay on demand until it has been quiet for this. */
export const restlessHoldMs = 4 * hourMs;

/** Each move costs every client a reconnection. */
export const movesPerDayMax = 4;

/** How long a server that could stay is left to those who are still connected to it. */
export const drainMaxMs = 15 * minuteMs;

/** A recommendation that was not followed by an interruption within this is old news. */
export const riskMs = hourMs;

/** A report that is this late makes us look at EC2's status checks. */
export const reportLateMs = 90 * secondMs;

/** A server that does not take today's secrets is told again after this, then after twice as long, at most … */
export const refreshAgainMs = minuteMs;
export const refreshAgainMaxMs = 8 * minuteMs;

/** … and is replaced after this by one that takes them at its boot: somebody's password may have been revoked. */
export const refreshMaxMs = 10 * minuteMs;

/** A drill that could not begin within this, since no server served, is forgotten. */
export const drillFreshMs = 10 * minuteMs;

/** Strays are looked for in this minute of each hour, if nothing gives them away before: they cost cents. */
export const strayMinute = 17;

/** The ledger is written at least this often, and whenever something happens. */
export const ledgerMs = 5 * minuteMs;

/** What has not been counted for longer than this was not seen, and is not made up. */
export const ledgerGapMaxMs = 15 * minuteMs;

/** The keeper, the one it replaces, and one that was launched in vain. */
export const serversMax = 3;

/** Far above what any hour of real prices asks for; a loop gone wild ends here. */
export const launchesPerHourMax = 12;

/** How long the journal remembers launches and dooms, for guards and for EC2's lagging list. */
export const memoryMs = hourMs;

export const dayMs = 24 * hourMs;

/** One pass tries each pool of the ladder at most once: ten types, six zones, two markets, and then some. */
export const passStepsMax = 150;

/** Parameter Store's limit for a standard parameter. */
export const documentBytesMax = 4_096;

/** So many of the entries that a pass has just said are written, whatever else must go: what it does next is among them. */
export const newsMax = 6;

/** Passes that one event has woken say the same within this; what is said again later has happened again. */
export const atOnceMs = 10 * secondMs;

/** A doubled event makes passes that write in step with each other for some rounds. */
export const journalTriesMax = 12;

/** Wrong tokens are forgotten after so long without any. */
export const attemptsKeptMs = hourMs;

/** However many came: whoever mistyped is let in again over a cup of tea. */
export const attemptWaitMaxMs = 15 * minuteMs;

/** So many addresses that sent wrong tokens fit into one parameter, and more would tell nobody more. */
export const attemptsSourcesMax = 20;

/** For so long an Idempotency-Key stands for what was done with it. */
export const requestKeptMs = 24 * hourMs;

/** A function lives for half a minute: what is under way for longer has died on the way. */
export const requestUnderWayMaxMs = 60 * secondMs;

/** People write by hand: two at once are rare, and four a coincidence. */
export const wishTriesMax = 5;

/** How long a request may wait for what is wanted, and how often it looks meanwhile. */
export const statusWaitMaxSeconds = 20;
export const statusPollMs = secondMs;

/** Between two whole looks, since Route 53 answers an account five times a second; the state is read more often. */
export const statusLookMs = 5 * secondMs;

/** What clients ask for names inside the tunnel: the same as PPTP's clients are given by the server. */
export const tunnelDns = ['8.8.8.8', '8.8.4.4'];
