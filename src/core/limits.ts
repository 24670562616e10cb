/**
 * Every number the gateway lives by, each with its reason. Nothing else in the code invents one.
 * What an operator may change is read in the worker's settings and bounded by what stands here.
 */

// --- What comes in ------------------------------------------------------------------------------

/** A form with one large subject token and a dozen scopes is under 20 KiB; the rest is abuse. */
export const MAX_REQUEST_BODY_BYTES = 32 * 1024
/** The largest tokens seen from 41 platforms are under 4 KiB; Entra group claims reach 12 KiB. */
export const MAX_SUBJECT_TOKEN_BYTES = 16 * 1024
/** alg, kid, typ, x5t: 300 bytes in practice. */
export const MAX_JOSE_HEADER_BYTES = 2 * 1024
/** A key id is compared for equality only; the longest seen are 64 characters. */
export const MAX_KEY_ID_CHARACTERS = 256
/** Nesting beyond this is no platform's claim set; deep values break later in structured cloning. */
export const MAX_JSON_DEPTH = 16
/** At every depth together: the fullest claim set of a platform has about forty. */
export const MAX_JSON_MEMBERS = 256
/** The longest names of claims are URLs. */
export const MAX_MEMBER_NAME_CHARACTERS = 128
/** A claim that a rule or a template reads. A SPIFFE ID has up to 2,048 bytes. */
export const MAX_CLAIM_CHARACTERS = 2048
/** Elements of a list claim that `contains` looks at: Entra sends at most 200 groups in a token. */
export const MAX_LIST_ELEMENTS = 512
/** More scopes than any API has; bounds the work before a rule is found. */
export const MAX_REQUESTED_SCOPES = 64
/** The longest resource URI or rule name that a request may carry. */
export const MAX_PARAMETER_CHARACTERS = 2048
/** Client ids are names, UUIDs or URLs; a longer one is something that was pasted by mistake. */
export const MAX_CLIENT_ID_CHARACTERS = 256

// --- Time ---------------------------------------------------------------------------------------

/** Clocks of platforms and edge nodes differ by seconds, never by minutes. */
export const CLOCK_LEEWAY_SECONDS = 30
/**
 * The longer of the two periods that the platform's rate limits can have: who waits so long is let
 * in again, whichever was chosen. The numbers themselves stand in wrangler.toml.
 */
export const RATE_LIMIT_RETRY_SECONDS = 60
/** Whoever uploads keys is reminded so long before they end. */
export const UPLOADED_KEYS_WARNING_SECONDS = 30 * 24 * 3600
/** Counts of decisions travel to the trust store this often, all of an isolate at once. */
export const DECISION_COUNT_FLUSH_SECONDS = 10
/** Issuers that an isolate counts for before it sends: names change with every revision. */
export const MAX_COUNTED_ISSUERS = 1000
/**
 * A replay mark outlives its token by the leeway and by this margin, because clocks differ
 * (REP-02).
 */
export const REPLAY_MARGIN_SECONDS = 60
/** One object takes about a thousand marks a second; so many are enough for a very large company. */
export const REPLAY_SHARDS = 64
/** Between two purges of marks whose tokens have ended; a mark that stays longer harms nobody. */
export const REPLAY_PURGE_SECONDS = 300
/** The longest life of a subject token, `exp` minus `iat`, unless a profile has a reason for more. */
export const MAX_SUBJECT_TOKEN_LIFETIME_SECONDS = 24 * 3600
/** 2^40 seconds is the year 36812: any NumericDate beyond it is a mistake or an attack. */
export const MAX_NUMERIC_DATE = 2 ** 40

/** A step of a pipeline; who needs longer says so in the rule. */
export const DEFAULT_TOKEN_LIFETIME_SECONDS = 600

// --- The trust snapshot of an isolate (one bound for every change: 10 s) -------------------------

/** Until this age a snapshot is used as it is. */
export const SNAPSHOT_FRESH_SECONDS = 5
/** Until this age it is used while one request refreshes it; an older one is asked for first. */
export const SNAPSHOT_REVALIDATE_SECONDS = 10
/**
 * `/health` asks each store for a write at most this often in one isolate: whoever floods it writes
 * nothing.
 */
export const HEALTH_PROBE_SECONDS = 10
/** More than a page of SQLite: a full disk is noticed by what needs a new page. */
export const PROBE_BYTES = 8192
/** A rule of BOOTSTRAP_TRUST that ends within this is named by `/health`. */
export const POLICY_RULE_WARNING_SECONDS = 30 * 24 * 3600
/** After a failed question to the store, do not ask again for this long: it has enough to do. */
export const SNAPSHOT_RETRY_SECONDS = 2
/** A store that has not answered by then counts as unreachable. */
export const STORE_TIMEOUT_MILLISECONDS = 5000

// --- Issuer keys ----------------------------------------------------------------------------------

/** 64 keys of 4096 bits are under 64 KiB. Counted while reading, after decompression. */
export const KEY_SET_MAX_BYTES = 128 * 1024
/** Issuers publish a handful, the largest a dozen. */
export const KEY_SET_MAX_KEYS = 64
/**
 * Key sets in one answer of the trust store, beside a document of `MAX_DOCUMENT_BYTES`: the platform
 * ends a call at 32 MiB. What does not fit comes with the next answers.
 */
export const SNAPSHOT_KEYS_MAX_BYTES = 4 * 1024 * 1024
/** Discovery and key set together. */
export const KEY_FETCH_TIMEOUT_MILLISECONDS = 3000
/** Age at which the alarm refreshes a set. */
export const KEY_REFRESH_SECONDS = 600
/** SPIFFE Trust Domain and Bundle §4.1.2: a bundle without a refresh hint is fetched so often. */
export const BUNDLE_REFRESH_SECONDS = 300
/** A hint shorter than this would let a bundle endpoint keep us busy. */
export const BUNDLE_REFRESH_LEAST_SECONDS = 60
/**
 * At most one fetch per issuer in this time for an unknown `kid` or a bad signature, whatever it
 * brought. An isolate does not ask twice for one `kid` in this time either.
 */
export const KEY_COOLDOWN_SECONDS = 60
/** Questions of one isolate about the keys of one issuer: made-up key ids cost no more than this. */
export const KEY_QUESTIONS_PER_SECOND = 4
/** Key ids of one issuer that an isolate remembers as unknown; the oldest is forgotten first. */
export const MAX_UNKNOWN_KEY_IDS = 64
/** How often a request looks whether another request's question about keys was answered. */
export const KEY_QUESTION_POLL_MILLISECONDS = 20
/** While an issuer has no keys at all, it is tried again after this, doubling up to the cool-down. */
export const KEY_FIRST_RETRY_SECONDS = 5
/** Issuers that one alarm refreshes; the platform opens six connections at a time. */
export const KEY_REFRESH_BATCH = 48
export const KEY_REFRESH_PARALLEL = 6
/** NIST SP 800-131A allows no shorter ones. */
export const MIN_RSA_BITS = 2048
/** Verification cost grows with the square of the modulus. */
export const MAX_RSA_BITS = 8192

// --- The trust document -----------------------------------------------------------------------------

/** A list of `MAX_VALUES_PER_CONDITION` texts and as much around it as fits on one page. */
export const MAX_EXPRESSION_NODES = 320
/** CEL asks for at least so many; no reader follows more, and no parser runs out of stack. */
export const MAX_EXPRESSION_DEPTH = 32
/** One loop over the longest list in the largest expression; they are used up in about 20 ms. */
export const MAX_EXPRESSION_STEPS = 200_000
/** A text that an expression puts together: no longer than the token that the claims come from. */
export const MAX_EXPRESSION_TEXT_CHARACTERS = MAX_SUBJECT_TOKEN_BYTES
/** One line of a terminal, before the place and the advice; a longer problem is cut off. */
export const MAX_FAULT_CHARACTERS = 120
/** Lint holds a rule against so many others that its values lead to: long documents stay quick. */
export const MAX_OVERLAPS_PER_RULE = 128
/** What one call to the store can carry, in UTF-8: the platform ends it at 32 MiB. */
export const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024
/** A row of the platform's SQLite holds 2 MB. */
export const DOCUMENT_CHUNK_BYTES = 1_000_000
/** Older documents are dropped; who changed what and when is kept for ever. */
export const MAX_STORED_DOCUMENTS = 100
/**
 * Passes over a stored document, each of which leaves out the parts that do not compile. Removing
 * parts of one kind needs two; a document that needs more is not one that was ever accepted.
 */
export const MAX_STORED_PASSES = 8

// --- What goes out ------------------------------------------------------------------------------------

/** A rendered subject or claim; longer values need `{claim|sha256}`. OIDC Core §2 allows 255. */
export const MAX_RENDERED_BYTES = 255
/** Of a SHA-256 in the decision log: 64 bits tell the clients and keys of a company apart. */
export const LOG_HASH_CHARACTERS = 16
/** 128 bits each for `jti` and decision id: no repeat in the life of the universe. */
export const RANDOM_ID_BYTES = 16
/** Rules a refusal explains to a caller of their tenant, and to the log. */
export const MAX_EXPLAINED_RULES = 10

/** How long verifiers may cache our key set; a new key is published at least this long before use. */
export const JWKS_MAX_AGE_SECONDS = 300
/** Discovery changes with a deployment alone. */
export const METADATA_MAX_AGE_SECONDS = 3600
/** What a caller is told to wait when something we need is down. */
export const RETRY_AFTER_SECONDS = 5

// --- Revocation ------------------------------------------------------------------------------------------

/** KV takes one write a second per key, so the log publishes at most this often. */
export const REVOCATION_PUBLISH_INTERVAL_MILLISECONDS = 1000
/** The isolate keeps the parsed snapshot this long. */
export const REVOCATION_SNAPSHOT_SECONDS = 10
/** Added to a token's expiry before its revocation is forgotten: leeway of us and of verifiers. */
export const REVOCATION_MARGIN_SECONDS = 120
/** KV that refused a write is tried again after this. */
export const REVOCATION_RETRY_MILLISECONDS = 2000
/**
 * A change is published once more after this: a write that we gave up may reach KV behind the one
 * that followed it, and would stand there until the next. Twelve times what we wait for a write.
 */
export const REVOCATION_REPEAT_MILLISECONDS = 60_000
/**
 * Ended revocations are forgotten, and the snapshot published anew, at least this often: 288 writes
 * to KV in a day, of 1000 that the smallest plan of the platform has.
 */
export const REVOCATION_PURGE_SECONDS = 300
/**
 * A published snapshot older than this is not believed: two publications were missed, and KV shows
 * a new value within a minute. The log is asked instead.
 */
export const REVOCATION_SNAPSHOT_MAX_AGE_SECONDS = 2 * REVOCATION_PURGE_SECONDS + 60
/** A KV value holds 25 MiB; the rest is room for the members around the tokens. */
export const REVOCATION_SNAPSHOT_MAX_BYTES = 24 * 1024 * 1024
/** KV that refuses writes for this long is more than a hiccup: `/health` is not ready. */
export const REVOCATION_UNPUBLISHED_SECONDS = 60
/** A sentence and the number of a ticket. */
export const MAX_REVOCATION_REASON_CHARACTERS = 256

// --- Forward auth ----------------------------------------------------------------------------------------

/** How long a proxy may repeat an answer of `/verify`: as long as a copy of the revocations lives. */
export const FORWARD_AUTH_MAX_AGE_SECONDS = 10
