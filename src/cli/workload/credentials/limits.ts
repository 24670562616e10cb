/** The limits of the credential helpers, each with its reason. */

/** Git limits a line to 64 KiB and sends about ten lines. Docker sends an address. */
export const MAX_REQUEST_BYTES = 256 * 1024
/** An `.npmrc` with the settings and registries of one user has one or two KiB. */
export const MAX_NPMRC_BYTES = 256 * 1024
/** Kubernetes clients put the cluster and its certificate authority into the variable. */
export const MAX_EXEC_INFO_CHARACTERS = 1024 * 1024
/** An answer with AWS credentials has about 2 KiB. A session token can have 4 KiB. */
export const MAX_STS_ANSWER_BYTES = 64 * 1024
/**
 * A token with less time left is replaced before a retry, because the clock of AWS may be ahead.
 */
export const MIN_TOKEN_SECONDS_LEFT = 60
/** AWS accepts session durations from 15 minutes to 12 hours. */
export const MIN_ROLE_SECONDS = 900
export const MAX_ROLE_SECONDS = 43_200
/** Google's libraries wait between 5 and 120 seconds for an executable. */
export const MIN_EXECUTABLE_SECONDS = 5
export const MAX_EXECUTABLE_SECONDS = 120
/** The maximum that Google allows. It leaves time to wait for a `Retry-After` of one minute. */
export const DEFAULT_EXECUTABLE_SECONDS = 120
