/** The numbers of the command line, each with its reason. */

// --- Keeping a token fresh (exec, proxy) ---------------------------------------------------------

/** Between two looks at the clock, because a timer does not notice that the machine slept. */
export const MAX_LOOK_MILLISECONDS = 30_000
/** Whatever a gateway asks for, a token is wanted again within minutes. */
export const MAX_NAMED_REST_SECONDS = 60
/** Requests that come within this time after a failure get its answer, not an exchange each. */
export const FAILURE_REST_SECONDS = 1
/** An upstream that refuses every token must not make a gateway issue one for each request. */
export const RENEWAL_REST_SECONDS = 30
/** At the end, an exchange that is under way may bring its token, which is then revoked. */
export const SETTLE_MILLISECONDS = 2000
/** A job waits this long for its tokens to be revoked, and no longer. */
export const REVOKE_MILLISECONDS = 5000
/** Of these, so long it is tried again; the rest is for the last answer. */
export const REVOKE_RETRY_SECONDS = 3

// --- proxy ---------------------------------------------------------------------------------------

/** To reach an upstream, TLS included. */
export const CONNECT_MILLISECONDS = 10_000
/** Until an upstream begins to answer; longer than any gateway in front of an API waits. */
export const ANSWER_MILLISECONDS = 300_000
/** The head of a request; its body may take as long as it likes. */
export const HEAD_MILLISECONDS = 30_000
/** One legacy program has a dozen connections; an agent with streams a hundred. */
export const MAX_CONNECTIONS = 512
/** What Node takes by default, said here so that no environment changes it. */
export const MAX_HEAD_BYTES = 16 * 1024
/** Between two requests on one connection: longer than clients keep an idle one. */
export const KEEP_ALIVE_MILLISECONDS = 65_000
/** After SIGTERM, requests that are under way may end within this time. */
export const DRAIN_MILLISECONDS = 10_000

// --- Servers of this machine -------------------------------------------------------------------------

/** Between two looks whether npx is still there: its port is free for the next start in time. */
export const NPX_LOOK_MILLISECONDS = 500

// --- The end of a command ------------------------------------------------------------------------

/** Between two looks whether a finished command has written its output and can be ended. */
export const EXIT_MILLISECONDS = 1000

// --- exec ----------------------------------------------------------------------------------------

/** The longest `--grace`: a day. */
export const MAX_GRACE_SECONDS = 86_400

// --- Trying again -----------------------------------------------------------------------------------

/** The longest `EDGEMINT_RETRY_SECONDS`: an hour, as jobs that wait for a gateway are stopped by then. */
export const MAX_RETRY_SECONDS = 3600

// --- What the command line reads and asks ----------------------------------------------------------

/** Twice the largest subject token that a gateway reads. */
export const MAX_TOKEN_FILE_BYTES = 32 * 1024
/** As much as the payload of the largest token holds, and room for white space. */
export const MAX_CLAIMS_BYTES = 64 * 1024
/** Anchors save typing; a document that unfolds a thousand times over is an attack. */
export const MAX_ALIAS_COUNT = 1000
/** Folders that `test` looks into, as deep as a person would put them: others are a mount. */
export const MAX_FIXTURE_DEPTH = 12
/** A document of 24 MiB on a slow line, for `plan`, `apply` and `issuers`. */
export const ADMIN_TIMEOUT_MILLISECONDS = 60_000
/** What a healthy machine's clock is off by for `doctor`, a second for the way and one for rounding. */
export const MAX_HARMLESS_SECONDS = 5
