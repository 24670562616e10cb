/**
 * Every number the verifier lives by, each with its reason. What an API owner may change is an
 * option, bounded by what stands here.
 */

// --- The token ------------------------------------------------------------------------------------

/** Our tokens are 1 to 2 KiB; servers cut headers at 8 to 16 KiB anyway. */
export const MAX_TOKEN_CHARACTERS = 16 * 1024
/** A key id is compared for equality only; ours are thumbprints of 43 characters. */
export const MAX_KEY_ID_CHARACTERS = 256
/** 2^40 seconds is the year 36812: any NumericDate beyond it is a mistake or an attack. */
export const MAX_NUMERIC_DATE = 2 ** 40
/** Clocks of servers differ by seconds. RFC 9068 §4 allows minutes; a token lives ten of them. */
export const CLOCK_SKEW_SECONDS = 30
export const MAX_CLOCK_SKEW_SECONDS = 60

// --- Talking to the gateway -----------------------------------------------------------------------

/** 64 keys of 4096 bits are under 64 KiB. Counted while reading, after decompression. */
export const MAX_RESPONSE_BYTES = 128 * 1024
/** For metadata and key set together, and for one introspection: a caller is waiting. */
export const GATEWAY_TIMEOUT_MILLISECONDS = 3000
/** A gateway publishes a handful: those in use, their successors, those about to retire. */
export const MAX_KEYS = 64

// --- Keys -------------------------------------------------------------------------------------------

/**
 * From this age on keys are refreshed behind a request that uses them. A key is published long
 * before it signs, so ten minutes never miss a planned rotation.
 */
export const KEYS_REFRESH_SECONDS = 600
/**
 * From this age on a request asks first, unless asking has just failed: an API that slept must not
 * take a key that was withdrawn meanwhile. Twice the refresh, so a busy API never comes here.
 */
export const KEYS_ASK_FIRST_SECONDS = 1200
/** After a refresh that an unknown `kid` forced: made-up ids cost the gateway two fetches in this. */
export const KEYS_COOLDOWN_SECONDS = 30
/** After a refresh that failed: long enough to spare a gateway in trouble, short enough to heal. */
export const KEYS_RETRY_SECONDS = 5
/** How long a withdrawn key can outlive its withdrawal while the gateway cannot be reached. */
export const KEYS_MAX_STALE_SECONDS = 3600
/** Requests that may each load the keys while there are none. The others wait: no stampede. */
export const MAX_COLD_LOADS = 64
/** A load that has not settled by then was cut off together with its request. */
export const LOAD_ABANDONED_SECONDS = 5
/** How often a request looks whether another one's load has settled: shorter than one round trip. */
export const LOAD_POLL_MILLISECONDS = 20
/** Looks before it gives up: four seconds, so every load that keeps its deadline has settled. */
export const MAX_LOAD_POLLS = 200

// --- Revocation -------------------------------------------------------------------------------------

/** How long "still active" is believed: the delay of a revocation at this API. */
export const REVOCATION_MAX_AGE_SECONDS = 10
export const MAX_REVOCATION_MAX_AGE_SECONDS = 60
/** Answers kept at once, about 150 bytes each. A forgotten one is asked for again. */
export const MAX_REMEMBERED_ANSWERS = 1000

/** What a 503 tells the caller: by then a failed refresh may be tried again. */
export const RETRY_AFTER_SECONDS = KEYS_RETRY_SECONDS

// --- Metadata of the resource -----------------------------------------------------------------------

/** Clients ask once and then know; a changed scope is known everywhere within five minutes. */
export const METADATA_MAX_AGE_SECONDS = 300
