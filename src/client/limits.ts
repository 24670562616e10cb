/** The numbers of the client, each with its reason. */

// --- Talking to the gateway -----------------------------------------------------------------------

/** An answer of the token endpoint is under 4 KiB; a long explanation is under 64. */
export const MAX_ANSWER_BYTES = 256 * 1024
/** A cold gateway that fetches an issuer's keys answers within five seconds. */
export const TIMEOUT_MILLISECONDS = 10_000

/** A gateway refuses to issue a shorter token: it would expire on its way. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10
/** A gateway reads ten digits of `expires_in`, and gives what the rule allows of them. */
export const MAX_ASKED_LIFETIME_SECONDS = 9_999_999_999

// --- Asking the platform for its token --------------------------------------------------------------

/** A gateway reads 16 KiB of subject token; JSON around it and a line end fit in twice that. */
export const MAX_SOURCE_BYTES = 32 * 1024
/** Metadata servers and agents answer in milliseconds; a CLI that starts takes a second or two. */
export const SOURCE_TIMEOUT_MILLISECONDS = 10_000
/** For AWS, which has to be told: enough for one exchange, and the least that is always allowed. */
export const AWS_TOKEN_LIFETIME_SECONDS = 300

// --- Holding a token ----------------------------------------------------------------------------------

/** The part of its life after which a token is replaced at the latest: the rest is for an outage. */
export const REFRESH_AFTER_SHARE = 0.7
/** Taken off at random, so that programs that started together do not refresh together. */
export const REFRESH_SPREAD_SHARE = 0.1
/** Two clocks that move apart by more: the machine slept, or the wall clock was set. */
export const CLOCK_STEP_SECONDS = 1
/** A token is not handed out in its last seconds: the request it is for has to arrive with it. */
export const SPARE_SECONDS = 10
/** Of a token that lives less than 100 seconds, a tenth is spared instead. */
export const SPARE_SHARE = 0.1
/** After a refresh ahead that failed: the token at hand serves meanwhile. */
export const REFRESH_PAUSE_SECONDS = 15
/** Exchanges that may be under way without a token at hand on Workers, where none can be shared. */
export const MAX_COLD_EXCHANGES = 64
/**
 * On Workers: an exchange that has not settled by then was cut off together with its request, or
 * waits out a Retry-After, which is no load on anybody.
 */
export const EXCHANGE_ABANDONED_SECONDS = 60

/** Live tokens that a holder remembers for their revocation; older ones end by themselves. */
export const MAX_ISSUED_TOKENS = 256

// --- Trying again -------------------------------------------------------------------------------------

/** Without a Retry-After: twice what a load balancer takes to fail over, or a gateway to restart. */
export const RETRY_SECONDS = 20
/** What Retry-After may ask in all: one minute, which is the rate limit's, and half of another. */
export const MAX_RETRY_AFTER_SECONDS = 90
/** A larger Retry-After is read as this one, which nobody waits out: ignoring it would ask at once. */
export const LARGEST_RETRY_AFTER_SECONDS = 999_999
/** The longest first pause. It doubles with each try; between nothing and all of it is waited. */
export const RETRY_FIRST_MILLISECONDS = 500
/** The longest pause without a Retry-After: the last try is no earlier than 15 seconds. */
export const RETRY_LARGEST_MILLISECONDS = 5000
/** Jitter on top of a Retry-After, as a share of it: 256 jobs return over 15 seconds, not at once. */
export const RETRY_AFTER_SPREAD = 0.25
/** A platform that refuses the job's own secret is asked again once: some hand it out a little late. */
export const MAX_REFUSED_TRIES = 2
