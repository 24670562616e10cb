/** The limits of the posture report, each with its reason. */

/** A rule is reported this long before its end: a month is enough for a review and a change. */
export const POSTURE_ENDING_SECONDS = 31 * 86_400
/** From this time before its end, a rule is a warning: two weeks, the length of a holiday. */
export const POSTURE_ENDING_SOON_SECONDS = 14 * 86_400
/**
 * Tokens may be valid this much longer than the subject token. GitHub's tokens end after five minutes,
 * and a token of the default lifetime would outlive them by five.
 */
export const POSTURE_OUTLIVED_SECONDS = 900
/** One person or team can know this many APIs. More of them with write access are a finding. */
export const POSTURE_OWNER_RESOURCES = 10
/** One person or team can review this many rules before they end. */
export const POSTURE_OWNER_RULES = 50
/** Fewer recorded tokens of a rule say little about the next one. */
export const POSTURE_LEAST_TOKENS = 10
/** A condition with more values than this is not easier to review than its pattern. */
export const POSTURE_MOST_VALUES = 5
