/** The numbers of the action, each with its reason. */

/** A configuration that is taken over has some dozens of lines; more is not one. */
export const MAX_CONFIGURATION_BYTES = 64 * 1024
/** An event is a pull request with its whole description, labels and people. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024
/** The longest `retry-seconds`: an hour, as jobs that wait for a gateway are stopped by then. */
export const MAX_RETRY_SECONDS = 3600
/** The post step tries to revoke for so long: the job is done and somebody may wait for its end. */
export const REVOKE_SECONDS = 5
/** Longer than any name or URL that can be meant. */
export const MAX_INPUT_CHARACTERS = 2048
