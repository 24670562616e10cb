/**
 * The limits of the verifier, each with its reason. An API owner can change some of them with
 * options, within the limits here.
 */

// --- The token ------------------------------------------------------------------------------------

/** A gateway's tokens are 1 to 2 KiB. Servers limit headers to 8 to 16 KiB anyway. */
export const MAX_TOKEN_CHARACTERS = 16 * 1024
/** A gateway's key ids are thumbprints of 43 characters. */
export const MAX_KEY_ID_CHARACTERS = 256
/** 2^40 seconds is the year 36812. A later NumericDate is a mistake or an attack. */
export const MAX_NUMERIC_DATE = 2 ** 40
/** Server clocks differ by seconds. RFC 9068 §4 allows minutes, but a token may expire in ten. */
export const CLOCK_SKEW_SECONDS = 30
export const MAX_CLOCK_SKEW_SECONDS = 60

// --- Requests to the gateway ---------------------------------------------------------------------

/** 64 keys of 4096 bits are under 64 KiB. The bytes are counted after decompression. */
export const MAX_RESPONSE_BYTES = 128 * 1024
/** For metadata and key set together, and for one introspection. It is short because a caller waits. */
export const GATEWAY_TIMEOUT_MILLISECONDS = 3000
/** A gateway publishes only a few keys: current, next and retiring ones. */
export const MAX_KEYS = 64

// --- Keys -------------------------------------------------------------------------------------------

/**
 * From this age, keys are refreshed in the background of a request. A key is published long before
 * it signs, so ten minutes are enough for a planned rotation.
 */
export const KEYS_REFRESH_SECONDS = 600
/**
 * From this age, a request refreshes the keys first, unless the last refresh failed. An API that was
 * idle must not accept a key that was withdrawn meanwhile. A busy API refreshes earlier.
 */
export const KEYS_ASK_FIRST_SECONDS = 1200
/** The pause after a refresh for an unknown `kid`. Invented ids cause at most two fetches in this time. */
export const KEYS_COOLDOWN_SECONDS = 30
/**
 * The pause after a first failed load. It is short because a new process has no keys, so one lost
 * packet refuses every token for this time. The clock has whole seconds, so it may be shorter.
 */
export const KEYS_FIRST_RETRY_SECONDS = 1
/**
 * Each further failure doubles the pause, up to this one: 1, 2, 4, then 5 seconds. It limits the load
 * on a failing gateway and allows a fast recovery.
 */
export const KEYS_RETRY_SECONDS = 5
/** The time for which a withdrawn key can still be accepted while the gateway is unreachable. */
export const KEYS_MAX_STALE_SECONDS = 3600
/** A load that takes longer was ended together with its request. */
export const LOAD_ABANDONED_SECONDS = 5
/** How often a request checks whether the load of another has ended. Shorter than one round trip. */
export const LOAD_POLL_MILLISECONDS = 20
/**
 * After this many checks, half a second, a request that cannot go on without keys loads them itself,
 * because the platform may have ended the other request. Each further half second allows one more. The
 * same holds for requests that wait for the answer of another about the revocation of one token.
 */
export const LOAD_OVERTAKE_POLLS = 25
/** Checks before the request fails: four seconds, which is longer than the timeout of a load. */
export const MAX_LOAD_POLLS = 200

// --- Revocation -------------------------------------------------------------------------------------

/** How long the answer "active" is cached. A revocation takes effect at this API within this time. */
export const REVOCATION_MAX_AGE_SECONDS = 10
export const MAX_REVOCATION_MAX_AGE_SECONDS = 60
/** Cached answers, about 150 bytes each. The verifier asks again for an answer that was removed. */
export const MAX_REMEMBERED_ANSWERS = 1000

/**
 * Failed questions in a row after which the verifier still asks about every token, so that a few lost
 * packets refuse only their own requests. After one more, it asks once after each pause.
 */
export const MAX_INTROSPECTION_FAILURES = 2

/** A list of a gateway in which half of a million tokens are revoked has 240 KB. */
export const MAX_STATUS_LIST_RESPONSE_BYTES = 256 * 1024
/** A list of a gateway has 128 KiB. More is for entries of several bits. */
export const MAX_STATUS_LIST_BYTES = 512 * 1024
/** A list without a `ttl`, or with a longer one, is fetched again after this time. */
export const MAX_STATUS_LIST_TTL_SECONDS = 300
/** A list that claims a longer life is refused. */
export const MAX_STATUS_LIST_LIFETIME_SECONDS = 24 * 3600
/** The lists in memory. */
export const MAX_REMEMBERED_STATUS_LISTS = 32

/** The Retry-After of a 503. After this time, the longest pause after a failed load has ended. */
export const RETRY_AFTER_SECONDS = KEYS_RETRY_SECONDS

// --- Resource metadata ---------------------------------------------------------------------------

/** Clients cache the metadata for this time. A changed scope reaches all of them within five minutes. */
export const METADATA_MAX_AGE_SECONDS = 300

// --- Proof of possession ---------------------------------------------------------------------------

/**
 * Proofs that are remembered until they expire, about 100 bytes each. With more requests in a minute,
 * the oldest ones are forgotten and proofs of their age are refused.
 */
export const MAX_REMEMBERED_PROOFS = 100_000
/** How long a client may use a nonce. A new one comes with an answer after half of this time. */
export const PROOF_NONCE_MAX_AGE_SECONDS = 300
/** With a shorter time, nearly every request would be sent twice. */
export const MIN_PROOF_NONCE_MAX_AGE_SECONDS = 30
/** A nonce limits how long a proof that was made ahead of time can be used. */
export const MAX_PROOF_NONCE_MAX_AGE_SECONDS = 3600
/** 256 bits, the strength of the MAC. A text has fewer random bits than octets. */
export const MIN_PROOF_NONCE_SECRET_BYTES = 32
