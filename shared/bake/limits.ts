/** Every bound of a bake, by name, with its reason. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Debian's updates, a kernel and a reboot take five to ten minutes; a slow mirror some more. */
export const builderMaxMs = 30 * minuteMs;

/** The snapshot of 8 GB with 2 GB in them takes a few minutes; now and then AWS takes half an hour. */
export const imageMaxMs = hourMs;

/** Servers serve after one to two minutes, and the loop gives up on them after five. */
export const canaryMaxMs = 10 * minuteMs;

/** Whatever else may happen: above the sum of all others. */
export const runMaxMs = 2 * hourMs;

/** A refresh that failed is tried again after this: Debian's mirrors have bad days. */
export const refreshAgainMs = 24 * hourMs;

/** The one that is launched, and the one before it, to go back to. */
export const imagesKept = 2;

/** One pass does far less than this before it has to wait. */
export const passStepsMax = 60;

/** So often a person's bake looks again. */
export const pollMs = 5_000;

/** What a bake has made is gone within a minute or two; so often it is looked at. */
export const cleanTriesMax = 36;

/** Parameter Store takes three writes a second. */
export const partPauseMs = 400;

/** Parameter Store's limit for a standard parameter. */
export const partBytesMax = 4_096;

/** For people who look back: the latest of them. */
export const bakeEntriesMax = 20;
export const bakeEntryCharsMax = 150;
