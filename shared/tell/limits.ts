/** Every bound of the telling, by name, with its reason. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** A receiver answers within a second; one that is asked for longer may have taken the message after all. */
export const sendMaxMs = 10 * secondMs;

/** Four that each take their ten seconds still fit into the function's minute. */
export const messagesPerRunMax = 4;

/** Above the function's own timeout: whoever claimed a try longer ago than this has died. */
export const staleMs = 2 * minuteMs;

/** Ten tries, each wait twice as long as the one before, are six hours in all. */
export const triesMax = 10;
export const firstWaitMs = minuteMs;
export const waitMaxMs = 2 * hourMs;

/** What is older is no news any more. */
export const newsMaxMs = 24 * hourMs;

/** Tries are remembered for much longer than anybody could ask for them again. */
export const triesKeptMs = 3 * 24 * hourMs;
/** Old tries are looked for once in so many ticks: once an hour. */
export const tickMs = 2 * minuteMs;
export const ticksPerCleaning = 30;

/** Parameter Store keeps a hundred versions of the journal. */
export const versionsKept = 100;
/** So many versions of the journal are read side by side: half of the calls a second that an account may make. */
export const versionsPerLookMax = 20;
/** After telling something it looks again, for those whose wake-up came while it was busy. */
export const looksMax = 8;

/** What the loop notes in one step has times that differ by some milliseconds. */
export const stepMs = secondMs;

/** One failure to give a server its secrets is tried again soon; a second one this much later is worth telling. */
export const unrefreshedAgainMs = 30 * secondMs;

/** That nobody used it is why the VPN goes off within this. */
export const reasonMs = 10 * minuteMs;

/** The server that is named, the one before it, and a few that were launched in vain. */
export const placesMax = 6;

/** Discord takes no longer text; Slack takes 40,000 characters. */
export const textMax = 2_000;
/** Slack's own limits (https://docs.slack.dev/reference/block-kit/blocks). */
export const headerMax = 150;
export const sectionMax = 3_000;
/** One reason from the journal: longer ones make no sentence any more. */
export const reasonMax = 400;

/** Of those who send wrong tokens so many are named: enough to know oneself by. */
export const addressesMax = 3;
