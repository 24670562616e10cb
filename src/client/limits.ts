/** The numbers of the client, each with its reason. */

/** An answer of the token endpoint is under 4 KiB; a long explanation is under 64. */
export const MAX_ANSWER_BYTES = 256 * 1024
/** A cold gateway that fetches an issuer's keys answers within five seconds. */
export const TIMEOUT_MILLISECONDS = 10_000
