/**
 * The limits of the verifier, each with its reason. An API owner can change the values that are
 * options, within these bounds.
 */

// --- The token ------------------------------------------------------------------------------------

/** Issued tokens are 1 to 2 KiB. Servers limit headers to between 8 and 16 KiB. */
export const MAX_TOKEN_CHARACTERS = 16 * 1024
/**
 * A key id is only compared for equality. The key ids of a gateway are thumbprints of 43
 * characters.
 */
export const MAX_KEY_ID_CHARACTERS = 256
/** 2^40 seconds is the year 36812. A NumericDate beyond it is a mistake or an attack. */
export const MAX_NUMERIC_DATE = 2 ** 40
/**
 * Clocks of servers differ by seconds. RFC 9068 §4 allows a few minutes, but issued tokens live
 * only ten.
 */
export const CLOCK_SKEW_SECONDS = 30
export const MAX_CLOCK_SKEW_SECONDS = 60

// --- Requests to the gateway ---------------------------------------------------------------------

/** 64 keys of 4096 bits are under 64 KiB. Bytes are counted after decompression, while reading. */
export const MAX_RESPONSE_BYTES = 128 * 1024
/** For metadata and key set together, and for one introspection, because a caller waits. */
export const GATEWAY_TIMEOUT_MILLISECONDS = 3000
/** A gateway publishes a few keys: those in use, their successors and those that retire. */
export const MAX_KEYS = 64

// --- Keys -------------------------------------------------------------------------------------------

/**
 * From this age on, a request that uses the keys starts a refresh in the background. A key is
 * published long before it signs, so ten minutes never miss a planned rotation.
 */
export const KEYS_REFRESH_SECONDS = 600
/**
 * From this age on, a request refreshes the keys before it uses them, unless a refresh just failed.
 * Otherwise an API that was idle could accept a key that was withdrawn meanwhile. It is twice the
 * refresh age, so a busy API never reaches it.
 */
export const KEYS_ASK_FIRST_SECONDS = 1200
/**
 * The pause after a refresh that an unknown `kid` caused. Invented key ids cost the gateway two
 * fetches in this time.
 */
export const KEYS_COOLDOWN_SECONDS = 30
/**
 * The pause after a failed refresh: long enough to spare a gateway in trouble, short enough to
 * recover soon.
 */
export const KEYS_RETRY_SECONDS = 5
/** How long a withdrawn key stays accepted while the gateway is unreachable. */
export const KEYS_MAX_STALE_SECONDS = 3600
/**
 * Requests that can load the keys at once while there are none. The others wait for their result.
 */
export const MAX_COLD_LOADS = 64
/** A load that takes longer was cancelled together with its request. */
export const LOAD_ABANDONED_SECONDS = 5
/** How often a waiting request checks the load of another request: shorter than one round trip. */
export const LOAD_POLL_MILLISECONDS = 20
/**
 * Checks before a waiting request gives up: four seconds, so every load has settled or reached its
 * deadline.
 */
export const MAX_LOAD_POLLS = 200

// --- Revocation -------------------------------------------------------------------------------------

/**
 * How long an answer that a token is active is cached. A revocation reaches this API after at most
 * this time.
 */
export const REVOCATION_MAX_AGE_SECONDS = 10
export const MAX_REVOCATION_MAX_AGE_SECONDS = 60
/** Cached introspection answers, about 150 bytes each. A removed answer is requested again. */
export const MAX_REMEMBERED_ANSWERS = 1000

/** The `Retry-After` of a 503 response. A failed refresh can be retried after this time. */
export const RETRY_AFTER_SECONDS = KEYS_RETRY_SECONDS

// --- Resource metadata ---------------------------------------------------------------------------

/** How long clients can cache the metadata. A changed scope reaches them within five minutes. */
export const METADATA_MAX_AGE_SECONDS = 300
