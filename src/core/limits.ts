/**
 * The limits of the gateway, each with its reason. No other file of the gateway defines a limit.
 * Settings of the Worker can change some values, within the limits here.
 */

// --- Requests and subject tokens ----------------------------------------------------------------

/** A form with one large subject token and a dozen scopes is under 20 KiB. */
export const MAX_REQUEST_BODY_BYTES = 32 * 1024
/** The largest tokens of 41 platforms are under 4 KiB. Entra group claims can reach 12 KiB. */
export const MAX_SUBJECT_TOKEN_BYTES = 16 * 1024
/** A header with `alg`, `kid`, `typ` and `x5t` has about 300 bytes. */
export const MAX_JOSE_HEADER_BYTES = 2 * 1024
/** A few hundred issuers have one or two keys in use each. The headers take at most 128 KiB. */
export const MAX_REMEMBERED_HEADERS = 256
/** Longer headers are read each time. Headers of known platforms have up to 400 characters. */
export const REMEMBERED_HEADER_CHARACTERS = 512
/** The longest key ids of known platforms have 64 characters. */
export const MAX_KEY_ID_CHARACTERS = 256
/** No known platform nests claims deeper. Deeply nested values fail later in structured cloning. */
export const MAX_JSON_DEPTH = 16
/**
 * Counted at all depths together. The largest claim set of a known platform has about 40 members. A
 * token of a gateway with the most claims of a grant, ancestors and actors has 329.
 */
export const MAX_JSON_MEMBERS = 384
/** The longest claim names are URLs. A grant can add a name of this length. */
export const MAX_MEMBER_NAME_CHARACTERS = 256
/** Applies to a claim that a rule or a template reads. A SPIFFE ID has up to 2,048 bytes. */
export const MAX_CLAIM_CHARACTERS = 2048
/**
 * The elements of a list claim that `contains` compares. Entra sends at most 200 groups in a token.
 */
export const MAX_LIST_ELEMENTS = 512
/** More scopes than an API usually has. It limits the work before a rule is found. */
export const MAX_REQUESTED_SCOPES = 64
/** The longest resource URI or rule name that a request may carry. */
export const MAX_PARAMETER_CHARACTERS = 2048
/** Client ids are names, UUIDs or URLs. A longer value was probably pasted by mistake. */
export const MAX_CLIENT_ID_CHARACTERS = 256

// --- Time ---------------------------------------------------------------------------------------

/** Clocks of platforms and edge nodes differ by seconds, not by minutes. */
export const CLOCK_LEEWAY_SECONDS = 30
/**
 * Cloudflare's rate limits have a period of 10 or 60 seconds. A caller that waits for the longer
 * one is accepted again in both cases. A deployment that reports its limits tells the period.
 */
export const RATE_LIMIT_RETRY_SECONDS = 60
/** `/health` warns this long before uploaded keys end. */
export const UPLOADED_KEYS_WARNING_SECONDS = 30 * 24 * 3600
/** Decision records are written to the log this long after the answer, all at once. */
export const RECORD_FLUSH_MILLISECONDS = 50
/** At this number they are written at once. A line of Workers Logs ends at 256 KB. */
export const MAX_QUEUED_RECORDS = 64
/**
 * The issuers whose decisions one shard of the decision log counts. A document has at most 1,000. The
 * rest is for names of earlier revisions.
 */
export const MAX_COUNT_ROWS = 4000
/**
 * A replay mark is kept longer than its token by the clock leeway and this margin, because clocks
 * differ (REP-02).
 */
export const REPLAY_MARGIN_SECONDS = 60
/**
 * A Durable Object stores about 1,000 replay marks a second. 64 of them are enough for a very large
 * company.
 */
export const REPLAY_SHARDS = 64
/**
 * The time between two purges of expired replay marks. A mark that is kept longer causes no harm.
 */
export const REPLAY_PURGE_SECONDS = 300
/** A run of GitHub lasts at most 35 days, with its waiting time, and a job of GitLab a month. */
export const BUDGET_KEEP_SECONDS = 35 * 24 * 3600
/**
 * The longest lifetime of a subject token, `exp` minus `iat`, unless the provider profile allows
 * more.
 */
export const MAX_SUBJECT_TOKEN_LIFETIME_SECONDS = 24 * 3600
/** 2^40 seconds is the year 36812. A NumericDate beyond it is a mistake or an attack. */
export const MAX_NUMERIC_DATE = 2 ** 40

/** Enough for one step of a pipeline. A rule can set a longer lifetime. */
export const DEFAULT_TOKEN_LIFETIME_SECONDS = 600

// --- The trust snapshot of an isolate ------------------------------------------------------------

/** Up to this age, a trust snapshot is used without a refresh. */
export const SNAPSHOT_FRESH_SECONDS = 5
/**
 * Up to this age, a trust snapshot is used while one request refreshes it. An older one is
 * refreshed first.
 */
export const SNAPSHOT_REVALIDATE_SECONDS = 10
/**
 * `/health` makes each store write at most this often in one isolate, so that a flood of requests
 * causes no more writes.
 */
export const HEALTH_PROBE_SECONDS = 10
/** More than a page of SQLite, because a full disk fails only a write that needs a new page. */
export const PROBE_BYTES = 8192
/** `/health` names a rule of BOOTSTRAP_TRUST this long before it ends. */
export const POLICY_RULE_WARNING_SECONDS = 30 * 24 * 3600
/**
 * After a failed request to the store, an isolate waits this long, so that it does not add load to
 * the store.
 */
export const SNAPSHOT_RETRY_SECONDS = 2
/**
 * A request waits this long for the snapshot that another request of its isolate loads. After that
 * it asks the store itself, because the other request may have been cancelled.
 */
export const SNAPSHOT_WAIT_MILLISECONDS = 500
/** Short compared with a round trip to the store. */
export const SNAPSHOT_POLL_MILLISECONDS = 10
/** A store that does not answer within this time counts as unreachable. */
export const STORE_TIMEOUT_MILLISECONDS = 5000

// --- Issuer keys ----------------------------------------------------------------------------------

/**
 * 64 keys of 4,096 bits are under 64 KiB. The bytes are counted while reading, after decompression.
 */
export const KEY_SET_MAX_BYTES = 128 * 1024
/** Issuers publish a few keys, the largest about a dozen. */
export const KEY_SET_MAX_KEYS = 64
/**
 * The key sets in one answer of the trust store, in addition to a document of `MAX_DOCUMENT_BYTES`.
 * Cloudflare ends a call at 32 MiB. Key sets that do not fit come with the next answers.
 */
export const SNAPSHOT_KEYS_MAX_BYTES = 4 * 1024 * 1024
/** For the discovery document and the key set together. */
export const KEY_FETCH_TIMEOUT_MILLISECONDS = 3000
/** The age at which the alarm refreshes a key set. */
export const KEY_REFRESH_SECONDS = 600
/**
 * A bundle without a refresh hint is fetched this often (SPIFFE Trust Domain and Bundle §4.1.2).
 */
export const BUNDLE_REFRESH_SECONDS = 300
/**
 * A shorter refresh hint is raised to this, so that a bundle endpoint cannot cause constant
 * fetches.
 */
export const BUNDLE_REFRESH_LEAST_SECONDS = 60
/**
 * In this time there is at most one fetch per issuer for an unknown `kid` or a bad signature,
 * whatever its result. Until this time has passed, an isolate answers by itself for any `kid`.
 */
export const KEY_COOLDOWN_SECONDS = 60
/**
 * The requests of one isolate for the keys of one issuer. It limits the cost of invented key ids.
 */
export const KEY_QUESTIONS_PER_SECOND = 4
/** How often a request checks whether another request for the same keys has finished. */
export const KEY_QUESTION_POLL_MILLISECONDS = 20
/**
 * The first retry for an issuer without any keys. The time doubles up to `KEY_COOLDOWN_SECONDS`.
 */
export const KEY_FIRST_RETRY_SECONDS = 5
/** The issuers that one alarm refreshes. Cloudflare opens six connections at a time. */
export const KEY_REFRESH_BATCH = 48
export const KEY_REFRESH_PARALLEL = 6
/** The cost of verification grows with the square of the modulus length. */
export const MAX_RSA_BITS = 8192

// --- The trust document -----------------------------------------------------------------------------

/**
 * Enough for a list of `MAX_VALUES_PER_CONDITION` strings and about one page of expression around
 * it.
 */
export const MAX_EXPRESSION_NODES = 320
/**
 * CEL requires at least this depth. Deeper expressions are hard to read and can exhaust the
 * parser's stack.
 */
export const MAX_EXPRESSION_DEPTH = 32
/**
 * Enough for one loop over the longest list in the largest expression. This many steps take about
 * 20 ms.
 */
export const MAX_EXPRESSION_STEPS = 200_000
/**
 * The length of a string that an expression builds. It need not exceed the token that contains the
 * claims.
 */
export const MAX_EXPRESSION_TEXT_CHARACTERS = MAX_SUBJECT_TOKEN_BYTES
/** About one line of a terminal, without the path and the advice. A longer problem is cut off. */
export const MAX_FAULT_CHARACTERS = 120
/**
 * The rules with common values that lint compares with one rule. It keeps lint fast for long
 * documents.
 */
export const MAX_OVERLAPS_PER_RULE = 128
/** The size in UTF-8. Cloudflare ends a call to the store at 32 MiB. */
export const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024
/** A row of Cloudflare's SQLite has at most 2 MB. */
export const DOCUMENT_CHUNK_BYTES = 1_000_000
/** A larger form is not kept, and isolates compile the document. Cloudflare ends a call at 32 MiB. */
export const MAX_FORM_BYTES = 24 * 1024 * 1024
/** The newest form is loaded. The one before it is kept for isolates that are a moment behind. */
export const MAX_STORED_FORMS = 2
/**
 * The compiled rules that an isolate keeps of a loaded form. A compiled rule takes about 500 bytes,
 * and an isolate has 128 MB.
 */
export const MAX_LOADED_RULES = 20_000
/** Older documents are deleted. The record of who changed what and when is kept. */
export const MAX_STORED_DOCUMENTS = 100
/**
 * The passes over a stored document. Each pass leaves out the parts that do not compile. Two passes
 * are enough to remove parts of one kind. A document that needs more was never accepted.
 */
export const MAX_STORED_PASSES = 8

// --- Issued tokens and responses -----------------------------------------------------------------

/**
 * The length of an issued token. The gateway as a subject token, its verifier and most servers accept
 * no longer one. Scopes, claims, ancestors and actors at their limits would exceed it.
 */
export const MAX_ISSUED_TOKEN_CHARACTERS = MAX_SUBJECT_TOKEN_BYTES

/**
 * The length of a rendered subject or claim. OIDC Core §2 allows 255. Longer values need
 * `{claim|sha256}`.
 */
export const MAX_RENDERED_BYTES = 255
/**
 * The claims that a grant adds, as JSON. With the other claims, most tokens stay under
 * `MAX_ISSUED_TOKEN_CHARACTERS`.
 */
export const MAX_RENDERED_CLAIMS_BYTES = 10 * 1024
/**
 * The part of a SHA-256 that the decision log contains. 64 bits are enough to tell the clients and
 * keys of a company apart.
 */
export const LOG_HASH_CHARACTERS = 16
/** A `jti` and a decision id have 128 random bits, so that they do not repeat. */
export const RANDOM_ID_BYTES = 16
/** The rules that a denial explains, to a caller of their tenant and in the log. */
export const MAX_EXPLAINED_RULES = 10

/**
 * How long verifiers may cache the gateway's key set. Publish a new key at least this long before
 * it signs.
 */
export const JWKS_MAX_AGE_SECONDS = 300
/** Discovery metadata changes only with a deployment. */
export const METADATA_MAX_AGE_SECONDS = 3600
/** The `Retry-After` of an answer with status 503. */
export const RETRY_AFTER_SECONDS = 5

// --- Revocation ------------------------------------------------------------------------------------------

/** KV accepts one write a second per key, so the revocation log publishes at most this often. */
export const REVOCATION_PUBLISH_INTERVAL_MILLISECONDS = 1000
/** An isolate uses the parsed revocation pointer this long. */
export const REVOCATION_SNAPSHOT_SECONDS = 10
/**
 * A revocation is kept this long after the token's expiry, because of the clock leeway of the
 * gateway and of verifiers.
 */
export const REVOCATION_MARGIN_SECONDS = 120
/** After a failed write to KV, the next attempt follows after this time. */
export const REVOCATION_RETRY_MILLISECONDS = 2000
/**
 * A change is published again after this time. A write that timed out may reach KV after the next
 * write and replace it. This is twelve times the timeout of a write.
 */
export const REVOCATION_REPEAT_MILLISECONDS = 60_000
/**
 * Expired revocations are deleted and the pointer is published again at least this often. That is
 * 288 writes to KV a day; Cloudflare's smallest plan has 1,000.
 */
export const REVOCATION_PURGE_SECONDS = 300
/**
 * An older revocation pointer is not used, and the revocation log answers instead. At this age,
 * two publications are missing, and KV shows a new value within a minute.
 */
export const REVOCATION_SNAPSHOT_MAX_AGE_SECONDS = 2 * REVOCATION_PURGE_SECONDS + 60

// --- Forward auth ----------------------------------------------------------------------------------------

/**
 * How long a proxy may cache an answer of `/verify`: as long as an isolate uses a revocation
 * pointer.
 */
export const FORWARD_AUTH_MAX_AGE_SECONDS = 10
