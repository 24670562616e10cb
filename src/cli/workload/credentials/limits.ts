/** The limits of the credential helpers, each with its reason. */

/** Git limits a line to 64 KiB and sends about ten lines. Docker sends one address. */
export const MAX_REQUEST_BYTES = 256 * 1024
/** The settings and registries of one person take one or two KiB. */
export const MAX_NPMRC_BYTES = 256 * 1024
/** Clients put the cluster and the certificate of its authority into the variable. */
export const MAX_EXEC_INFO_CHARACTERS = 1024 * 1024
/** Credentials of AWS are about 2 KiB. A session token can have 4 KiB by itself. */
export const MAX_STS_ANSWER_BYTES = 64 * 1024
/**
 * A token that expires sooner is replaced first, because the clock of AWS and the local clock can
 * differ.
 */
export const MIN_TOKEN_SECONDS_LEFT = 60
/** AWS accepts role sessions from 15 minutes to 12 hours. */
export const MIN_ROLE_SECONDS = 900
export const MAX_ROLE_SECONDS = 43_200
/** Google's libraries wait between 5 and 120 seconds for an executable. */
export const MIN_EXECUTABLE_SECONDS = 5
export const MAX_EXECUTABLE_SECONDS = 120
/**
 * The longest timeout that Google allows. The helper can then wait out a `Retry-After` of one
 * minute.
 */
export const DEFAULT_EXECUTABLE_SECONDS = 120
