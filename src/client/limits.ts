/** The numbers of the client, each with its reason. */

// --- Talking to the gateway -----------------------------------------------------------------------

/** An answer of the token endpoint is under 4 KiB; a long explanation is under 64. */
export const MAX_ANSWER_BYTES = 256 * 1024
/** A cold gateway that fetches an issuer's keys answers within five seconds. */
export const TIMEOUT_MILLISECONDS = 10_000

/** A gateway refuses to issue a shorter token: it would expire on its way. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10

// --- Asking the platform for its token --------------------------------------------------------------

/** A gateway reads 16 KiB of subject token; JSON around it and a line end fit in twice that. */
export const MAX_SOURCE_BYTES = 32 * 1024
/** Metadata servers and agents answer in milliseconds; a CLI that starts takes a second or two. */
export const SOURCE_TIMEOUT_MILLISECONDS = 10_000
/** For AWS, which has to be told: enough for one exchange, and the least that is always allowed. */
export const AWS_TOKEN_LIFETIME_SECONDS = 300

// --- Holding a token ----------------------------------------------------------------------------------

/** The part of its life after which a token is replaced: three tries fit in what is left of it. */
export const REFRESH_AFTER_SHARE = 0.7
/** A token is not handed out in its last seconds: the request it is for has to arrive with it. */
export const SPARE_SECONDS = 10
/** Of a token that lives less than 100 seconds, a tenth is spared instead. */
export const SPARE_SHARE = 0.1
/** After a refresh ahead that failed: the token at hand serves meanwhile. */
export const REFRESH_PAUSE_SECONDS = 15
/** Exchanges that may be under way without a token at hand on Workers, where none can be shared. */
export const MAX_COLD_EXCHANGES = 64
/** On Workers: an exchange that has not settled by then was cut off together with its request. */
export const EXCHANGE_ABANDONED_SECONDS = 60

/** Live tokens that `revoke` of a token source knows; older ones end by themselves. */
export const MAX_ISSUED_TOKENS = 256

// --- Trying again -------------------------------------------------------------------------------------

/** The first try and three more: an outage that outlives them is not a matter of seconds. */
export const MAX_ATTEMPTS = 4
/** Doubled with each try, and between a half and the whole of it is waited: 0.5, 1, 2 s at most. */
export const RETRY_BASE_MILLISECONDS = 500
/** Waits and tries together: a longer Retry-After ends in the error at once. */
export const MAX_RETRY_SECONDS = 30
