/** The limits of the command line, each with its reason. */

// --- Token refresh (exec, proxy) -----------------------------------------------------------------

/**
 * The longest time between two checks of the clock, because a timer does not count the time that
 * the machine sleeps.
 */
export const MAX_LOOK_MILLISECONDS = 30_000
/** The longest `Retry-After` that is followed: a program needs its token again within minutes. */
export const MAX_NAMED_REST_SECONDS = 60
/**
 * Requests within this time after a failed exchange get the same failure, so that they do not start
 * one exchange each.
 */
export const FAILURE_REST_SECONDS = 1
/**
 * The shortest time between two renewals: an upstream that refuses every token must not cause an
 * exchange for each request.
 */
export const RENEWAL_REST_SECONDS = 30
/**
 * When the command ends, it waits this long for an exchange in progress, so that it can revoke that
 * token too.
 */
export const SETTLE_MILLISECONDS = 2000
/** The longest time that a job waits for its tokens to be revoked. */
export const REVOKE_MILLISECONDS = 5000
/** Revoking is retried for this part of `REVOKE_MILLISECONDS`. The rest is for the last answer. */
export const REVOKE_RETRY_SECONDS = 3

// --- proxy ---------------------------------------------------------------------------------------

/**
 * The largest body that is sent again when an upstream asks for a nonce. Larger ones are streamed
 * only, so that many uploads need no memory.
 */
export const MAX_COPIED_BODY_BYTES = 64 * 1024
/** To connect to an upstream, including TLS. */
export const CONNECT_MILLISECONDS = 10_000
/** To wait for the beginning of an answer. Gateways in front of an API wait for a shorter time. */
export const ANSWER_MILLISECONDS = 300_000
/** To read the head of a request. The body has no time limit. */
export const HEAD_MILLISECONDS = 30_000
/** A legacy program opens a dozen connections, and an agent with streams a hundred. */
export const MAX_CONNECTIONS = 512
/** The default of Node. It is set explicitly so that the environment cannot change it. */
export const MAX_HEAD_BYTES = 16 * 1024
/** Linux has 108 bytes for the path of a socket, with one for its end; macOS has four fewer. */
export const MAX_SOCKET_PATH_BYTES = 107
/** The longest idle time of a connection. Clients close idle connections earlier. */
export const KEEP_ALIVE_MILLISECONDS = 65_000
/** The time that requests in progress have to finish after SIGTERM. */
export const DRAIN_MILLISECONDS = 10_000

// --- Local servers -------------------------------------------------------------------------------

/**
 * The interval for checking that npx still runs. It is short so that the port is free again for the
 * next start.
 */
export const NPX_LOOK_MILLISECONDS = 500

// --- The end of a command ------------------------------------------------------------------------

/** The interval for checking that a finished command has written its output and can exit. */
export const EXIT_MILLISECONDS = 1000

// --- exec ----------------------------------------------------------------------------------------

/** The longest `--grace`: one day. */
export const MAX_GRACE_SECONDS = 86_400

// --- Retries -------------------------------------------------------------------------------------

/**
 * The longest `EDGEMINT_RETRY_SECONDS`: one hour. CI systems usually stop a waiting job by then.
 */
export const MAX_RETRY_SECONDS = 3600

// --- Input and admin requests ----------------------------------------------------------------------

/** Twice the size of the largest subject token that a gateway accepts. */
export const MAX_TOKEN_FILE_BYTES = 32 * 1024
/** The payload of the largest token, with room for white space. */
export const MAX_CLAIMS_BYTES = 64 * 1024
/** The depth of directories that `test` searches. People nest them less deeply than this. */
export const MAX_FIXTURE_DEPTH = 12
/** Enough to send a document of 24 MiB on a slow connection. It applies to all admin requests. */
export const ADMIN_TIMEOUT_MILLISECONDS = 60_000
/**
 * The clock difference that `doctor` accepts. It includes one second for the network and one for
 * rounding.
 */
export const MAX_HARMLESS_SECONDS = 5

// --- The decision log ------------------------------------------------------------------------------

/**
 * `decisions follow` asks again for this much of the past, because an isolate that could not reach its
 * shard sends its decisions later.
 */
export const FOLLOW_OVERLAP_SECONDS = 60
/**
 * Pages without a decision in a row, before the search ends. A gateway looks at thousands of
 * records for each.
 */
export const MAX_EMPTY_PAGES = 1000
/** The longest line of an export: a record has at most 16,384 characters, so this is no export. */
export const MAX_EXPORT_LINE_BYTES = 1024 * 1024
/** A file that is no export, whose kind is named. Posture reports and trust documents are shorter. */
export const MAX_NAMED_CHARACTERS = 4 * 1024 * 1024
/** A file of checkpoints: thousands of them. */
export const MAX_CHECKPOINTS_BYTES = 16 * 1024 * 1024
/** A key set of a gateway, as it is published. */
export const MAX_KEYS_BYTES = 256 * 1024

/**
 * The greatest `--limit` for decisions and revisions. `decisions list` and `trust log` print them page by
 * page. With `--json` the answer is one object: `decisions list` keeps it compressed, and `trust log` as it
 * is. `ask outliving` keeps a part of each decision.
 */
export const MAX_LISTED = 1_000_000
/** What is shown of a line of a trust file below a finding: more than a line of YAML has. */
export const MAX_SHOWN_CHARACTERS = 160
/** The longest `--interval` of `decisions follow`: one hour. */
export const MAX_INTERVAL_SECONDS = 3600
/** The greatest `--after`. A JSON number has 15 digits exactly. */
export const MAX_SEQUENCE = 999_999_999_999_999

/** Decisions that `posture --values` compares: 20 questions, a few seconds. */
export const MAX_POSTURE_RECORDS = 10_000

/** Revisions that `ask in-force` searches: ten a day for almost three years. */
export const MAX_SEARCHED_REVISIONS = 10_000

// --- Renewing rules --------------------------------------------------------------------------------

/** The longest renewal: lint warns about a rule that needs no review for more than a year (LINT-35). */
export const MAX_RENEWAL_DAYS = 366

// --- Rotating signing keys -------------------------------------------------------------------------

/**
 * `keys rotate` activates a successor this long after it is made. Many clouds and gateways cache a
 * key set longer than its headers say, and a day leaves time to look.
 */
export const KEY_LEAD_SECONDS = 24 * 3600
/**
 * The shortest time before a successor activates: twelve times the cache lifetime of the key set, and
 * the longest time that common libraries cache it.
 */
export const MIN_KEY_LEAD_SECONDS = 3600

// --- People ----------------------------------------------------------------------------------------

/** To sign in at a provider, with a second factor that has to be fetched from another room. */
export const LOGIN_WAIT_SECONDS = 300
/** The longest `--wait`. */
export const MAX_LOGIN_WAIT_SECONDS = 3600
/** RFC 8628 §3.2: how often a device asks if the provider does not say it. */
export const DEVICE_INTERVAL_SECONDS = 5
/** RFC 8628 §3.5: a device that asks too often waits this much longer from then on. */
export const DEVICE_SLOWER_SECONDS = 5
/** A session is renewed this long before its end, so that a command does not outlive its token. */
export const SESSION_MARGIN_SECONDS = 60
/** Two tokens and the names of a provider. */
export const MAX_SESSION_BYTES = 128 * 1024
/** A renewal is three requests, each of which may take ten seconds. */
export const SESSION_LOCK_MILLISECONDS = 45_000
/** The browser has read its answer in milliseconds. */
export const LOOPBACK_CLOSE_MILLISECONDS = 500

// --- Setting up a gateway --------------------------------------------------------------------------

/** A file that `init` wrote: the largest, with a hundred edits, is far below this. */
export const MAX_SETUP_FILE_BYTES = 4 * 1024 * 1024
/** How long `gh`, `glab` and `git` may take. Without their answer, `init` asks. */
export const LOOK_UP_MILLISECONDS = 10_000
/** How long rules of `init` last: a little less than lint's year (LINT-35). */
export const FIRST_RULES_DAYS = 364
/**
 * How long `deploy` waits for `/health` by default. A new custom domain needs a DNS record and a
 * certificate, which takes minutes.
 */
export const HEALTH_WAIT_SECONDS = 300
/** The longest `--wait`: one hour. */
export const MAX_HEALTH_WAIT_SECONDS = 3600
/** The interval between two looks at `/health`. */
export const HEALTH_PAUSE_MILLISECONDS = 3000

// --- Revocations -----------------------------------------------------------------------------------

/**
 * A status list shows a revocation of many tokens for whole blocks of tokens. An isolate uses a block
 * for 15 minutes, and one that it got up to 30 seconds after the revocation counts as older.
 */
export const STATUS_BLOCK_SECONDS = 930
