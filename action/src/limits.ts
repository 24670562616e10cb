/** The limits of the action, each with its reason. */

/** A configuration file that the step extends. Real ones have some dozens of lines. */
export const MAX_CONFIGURATION_BYTES = 64 * 1024
/** An event contains a pull request with its description, labels and users. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024
/** The longest `retry-seconds`: one hour. People usually cancel a job that waits longer. */
export const MAX_RETRY_SECONDS = 3600
/** The time for retries of the revocation in the post step. It is short because the job is done. */
export const REVOKE_SECONDS = 5
/** Longer than any real name or URL. */
export const MAX_INPUT_CHARACTERS = 2048
