/** The limits of the SDK, each with its reason. */

// --- Requests to the gateway ---------------------------------------------------------------------

/** A response of the token endpoint is under 4 KiB. A long explanation is under 64 KiB. */
export const MAX_ANSWER_BYTES = 256 * 1024
/** A cold gateway that fetches the keys of an issuer responds within five seconds. */
export const TIMEOUT_MILLISECONDS = 10_000

/** The shortest lifetime that a gateway accepts. A shorter token could expire before it is used. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10
/** A gateway reads at most ten digits of `expires_in`. The rule still limits the lifetime. */
export const MAX_ASKED_LIFETIME_SECONDS = 9_999_999_999

// --- Requests to the platform --------------------------------------------------------------------

/**
 * A gateway accepts subject tokens of up to 16 KiB. Twice that leaves room for JSON around the
 * token.
 */
export const MAX_SOURCE_BYTES = 32 * 1024
/** Metadata servers and agents respond in milliseconds. A CLI takes a second or two to start. */
export const SOURCE_TIMEOUT_MILLISECONDS = 10_000
/**
 * The lifetime requested from AWS, which requires one. It is enough for one exchange, and AWS
 * always allows it.
 */
export const AWS_TOKEN_LIFETIME_SECONDS = 300

// --- Held tokens ---------------------------------------------------------------------------------

/**
 * The share of its lifetime after which a token is replaced at the latest. The rest covers an
 * outage.
 */
export const REFRESH_AFTER_SHARE = 0.7
/**
 * Subtracted at random from `REFRESH_AFTER_SHARE`, so that programs that started together do not
 * refresh together.
 */
export const REFRESH_SPREAD_SHARE = 0.1
/** A larger step between two clocks means that the machine slept or that the wall clock was set. */
export const CLOCK_STEP_SECONDS = 1
/**
 * A token is not returned in its last seconds, because the request must arrive before it expires.
 */
export const SPARE_SECONDS = 10
/**
 * For a token that lives less than 100 seconds: the share of its lifetime in place of
 * `SPARE_SECONDS`.
 */
export const SPARE_SHARE = 0.1
/** The pause after a failed early refresh. The current token is used meanwhile. */
export const REFRESH_PAUSE_SECONDS = 15
/**
 * On Workers, where requests cannot share an exchange: the exchanges that can run at once while no
 * token is held.
 */
export const MAX_COLD_EXCHANGES = 64
/**
 * On Workers: an older exchange was cancelled together with its request, or it waits for a
 * `Retry-After` and causes no load.
 */
export const EXCHANGE_ABANDONED_SECONDS = 60

/**
 * Live tokens that a holder remembers so that it can revoke them. Older ones expire by themselves.
 */
export const MAX_ISSUED_TOKENS = 256

// --- Retries -------------------------------------------------------------------------------------

/**
 * How long to retry without a `Retry-After`: twice the time that a load balancer needs to fail
 * over, or a gateway to restart.
 */
export const RETRY_SECONDS = 20
/** The longest total wait for `Retry-After`: the minute of a rate limit and half a minute more. */
export const MAX_RETRY_AFTER_SECONDS = 90
/**
 * A larger `Retry-After` is read as this value, which is longer than any wait. If it were ignored,
 * the client would retry at once.
 */
export const LARGEST_RETRY_AFTER_SECONDS = 999_999
/** The longest first pause. It doubles with each try. The real pause is a random part of it. */
export const RETRY_FIRST_MILLISECONDS = 500
/** The longest pause without a `Retry-After`, so that the last try is at 15 seconds or later. */
export const RETRY_LARGEST_MILLISECONDS = 5000
/**
 * Jitter on top of a `Retry-After`, as a share of it: 256 jobs return over 15 seconds and not at
 * once.
 */
export const RETRY_AFTER_SPREAD = 0.25
/**
 * Some platforms accept the secret of a job a little late, so a refused request is repeated once.
 */
export const MAX_REFUSED_TRIES = 2
