/** The limits of the client, each with its reason. */

// --- Requests to the gateway ---------------------------------------------------------------------

/** A response of the token endpoint is under 4 KiB. One with a long explanation is under 64 KiB. */
export const MAX_ANSWER_BYTES = 256 * 1024
/** A cold gateway that fetches the keys of an issuer responds within five seconds. */
export const TIMEOUT_MILLISECONDS = 10_000

/** A gateway does not issue a shorter token, because it could expire before the API receives it. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10
/** A gateway reads at most ten digits of `expires_in`, and reduces the value to the rule's lifetime. */
export const MAX_ASKED_LIFETIME_SECONDS = 9_999_999_999

// --- Requests to the platform --------------------------------------------------------------------

/** A subject token has at most 16 KiB. Twice that leaves room for JSON around it and a line end. */
export const MAX_SOURCE_BYTES = 32 * 1024
/** Metadata servers and agents answer in milliseconds. A command-line program needs a second or two. */
export const SOURCE_TIMEOUT_MILLISECONDS = 10_000
/** AWS needs a lifetime in the request. This is enough for one exchange, and AWS always allows it. */
export const AWS_TOKEN_LIFETIME_SECONDS = 300

// --- Held tokens ---------------------------------------------------------------------------------

/** A token is replaced after this share of its lifetime at the latest. The rest bridges an outage. */
export const REFRESH_AFTER_SHARE = 0.7
/** The refresh is earlier by a random part of this, so that programs do not refresh together. */
export const REFRESH_SPREAD_SHARE = 0.1
/** If the two clocks differ by more than this, the machine slept or the wall clock was set. */
export const CLOCK_STEP_SECONDS = 1
/** A token is not used in its last seconds, because it must still be valid when the request arrives. */
export const SPARE_SECONDS = 10
/** For a token with a lifetime under 100 seconds, this share of the lifetime replaces SPARE_SECONDS. */
export const SPARE_SHARE = 0.1
/** The pause after an early refresh that failed. The current token is used meanwhile. */
export const REFRESH_PAUSE_SECONDS = 15
/** Concurrent exchanges without a current token on Workers, where requests cannot share an exchange. */
export const MAX_COLD_EXCHANGES = 64
/**
 * On Workers, an exchange that takes longer was ended with its request, or waits for Retry-After. A
 * waiting exchange puts no load on the gateway, so neither counts towards MAX_COLD_EXCHANGES.
 */
export const EXCHANGE_ABANDONED_SECONDS = 60

/** Live tokens that a holder remembers for their revocation. Older ones expire on their own. */
export const MAX_ISSUED_TOKENS = 256

// --- Proof of possession -------------------------------------------------------------------------

/** A token is for one API, so this is already many. */
export const MAX_NONCE_SERVERS = 32

// --- Retries -------------------------------------------------------------------------------------

/** Without Retry-After: twice the time of a failover of a load balancer, or a restart of a gateway. */
export const RETRY_SECONDS = 20
/** The total wait for Retry-After: one minute, the interval of the rate limit, and half a minute more. */
export const MAX_RETRY_AFTER_SECONDS = 90
/** A larger Retry-After is read as this value, which ends the tries. Ignoring it would retry at once. */
export const LARGEST_RETRY_AFTER_SECONDS = 999_999
/** The longest first pause. It doubles with each try. The pause is a random part of it. */
export const RETRY_FIRST_MILLISECONDS = 500
/** The longest pause without Retry-After. The last try is then not earlier than 15 seconds. */
export const RETRY_LARGEST_MILLISECONDS = 5000
/** Jitter after a Retry-After, as a share of it. After 60 seconds, jobs return over 15 seconds. */
export const RETRY_AFTER_SPREAD = 0.25
/** If a platform refuses the job's own secret, it is asked once more: some register it slightly late. */
export const MAX_REFUSED_TRIES = 2
