/** The limits of the command line, each with its reason. */

// --- Token refresh (exec, proxy) -----------------------------------------------------------------

/**
 * The longest time between two checks of the clock. A timer does not notice that the machine slept.
 */
export const MAX_LOOK_MILLISECONDS = 30_000
/**
 * The longest wait that a `Retry-After` can cause here. A program needs its token again within
 * minutes.
 */
export const MAX_NAMED_REST_SECONDS = 60
/**
 * After a failed exchange, requests within this time get the same error and cause no further
 * exchange.
 */
export const FAILURE_REST_SECONDS = 1
/**
 * The shortest time between two renewals. An upstream that refuses every token must not cause an
 * exchange for each request.
 */
export const RENEWAL_REST_SECONDS = 30
/**
 * At the end, how long to wait for an exchange that is under way, so that its token can be revoked
 * too.
 */
export const SETTLE_MILLISECONDS = 2000
/** The longest time that a job waits until its tokens are revoked. */
export const REVOKE_MILLISECONDS = 5000
/**
 * The part of `REVOKE_MILLISECONDS` in which a revocation is retried. The rest is for the last
 * response.
 */
export const REVOKE_RETRY_SECONDS = 3

// --- proxy ---------------------------------------------------------------------------------------

/** The longest time to connect to an upstream, TLS included. */
export const CONNECT_MILLISECONDS = 10_000
/**
 * The longest time until an upstream starts its response. Longer than the timeout of any gateway in
 * front of an API.
 */
export const ANSWER_MILLISECONDS = 300_000
/** The longest time for the head of a request. The body has no time limit. */
export const HEAD_MILLISECONDS = 30_000
/** An older program opens a dozen connections, an agent with streams about a hundred. */
export const MAX_CONNECTIONS = 512
/** The default of Node, set explicitly so that no environment variable changes it. */
export const MAX_HEAD_BYTES = 16 * 1024
/** How long an idle connection stays open. Longer than clients keep an idle connection. */
export const KEEP_ALIVE_MILLISECONDS = 65_000
/** After SIGTERM, how long requests that are under way can continue. */
export const DRAIN_MILLISECONDS = 10_000

// --- Local servers -------------------------------------------------------------------------------

/**
 * The time between two checks that npx still runs. Short enough to free its port before the next
 * start.
 */
export const NPX_LOOK_MILLISECONDS = 500

// --- The end of a command ------------------------------------------------------------------------

/** Between two looks whether a finished command has written its output and can be ended. */
export const EXIT_MILLISECONDS = 1000

// --- exec ----------------------------------------------------------------------------------------

/** The longest `--grace`: one day. */
export const MAX_GRACE_SECONDS = 86_400

// --- Retries -------------------------------------------------------------------------------------

/** The longest `EDGEMINT_RETRY_SECONDS`: one hour. Platforms stop a job that waits longer. */
export const MAX_RETRY_SECONDS = 3600

// --- Input and admin requests --------------------------------------------------------------------

/** Twice the largest subject token that a gateway reads. */
export const MAX_TOKEN_FILE_BYTES = 32 * 1024
/** The payload of the largest token, with room for white space. */
export const MAX_CLAIMS_BYTES = 64 * 1024
/** YAML aliases in one document. A document that expands a thousand aliases is an attack. */
export const MAX_ALIAS_COUNT = 1000
/**
 * The depth of folders that `test` searches. A deeper tree is usually a mounted file system, not a
 * folder of fixtures.
 */
export const MAX_FIXTURE_DEPTH = 12
/**
 * For `plan`, `apply` and `issuers`. Enough to send a document of 24 MiB over a slow connection.
 */
export const ADMIN_TIMEOUT_MILLISECONDS = 60_000
/**
 * The clock difference that `doctor` accepts: a normal clock error, one second for transfer and one
 * for rounding.
 */
export const MAX_HARMLESS_SECONDS = 5
