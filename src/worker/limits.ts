/**
 * The limits that only the Worker applies: of revocations, the decision log, alerts, callers and the
 * console. Each has its reason.
 */

// --- The published set of revoked tokens -----------------------------------------------------------------

/**
 * The newest revoked tokens are in the published pointer itself, 8 bytes each. More of them become
 * a segment. The pointer then stays near 11 KiB, which is written once a second.
 */
export const REVOCATION_RECENT_MAX = 1024
/**
 * The pointer has at most so many times `REVOCATION_RECENT_MAX` tokens, which are 128 KiB. A reader can
 * ask a little before they become a segment.
 */
export const REVOCATION_INLINE_FACTOR = 16
/** So many times `REVOCATION_RECENT_MAX` tokens wait while KV takes no segment, half of that room. */
export const REVOCATION_WAITING_FACTOR = 8
/** A segment of 12 bytes per token is one row of the log, and a row has at most 2 MB. */
export const REVOCATION_SEGMENT_MAX = 131_072
/**
 * The published tokens take 8 bytes each in every isolate: 16 MB of 128. Beyond that, `/verify`
 * asks the revocation log about each token.
 */
export const REVOCATION_PUBLISHED_MAX = 2_000_000
/** The coarse revocations are parsed at each change in every isolate. */
export const REVOCATION_COARSE_MAX_BYTES = 1024 * 1024
/**
 * A Worker of an earlier release reads all revocations as one JSON value. Building it costs the log
 * about 7 µs a token, so a larger one is not built. This is about 25,000 tokens.
 */
export const REVOCATION_WHOLE_MAX_BYTES = 1024 * 1024
/** Deleting this many expired rows takes the log well under a second. The rest follow in the next. */
export const REVOCATION_PURGE_ROWS = 20_000
/** A segment that the log had to deliver is written to KV again, at most this often. */
export const REVOCATION_REWRITE_SECONDS = 60
/**
 * A request waits this long for a segment that another request of its isolate loads. Then it loads
 * the segment itself, because the other request may have been cancelled.
 */
export const REVOCATION_SEGMENT_WAIT_MILLISECONDS = 2000
/** The pause between two looks at a segment that another request loads. */
export const REVOCATION_SEGMENT_LOOK_MILLISECONDS = 10
/**
 * An isolate asks the log this often in ten seconds whether a token of the published set is really
 * revoked. Beyond that, such a token is refused without asking, so that a flood of revoked tokens
 * does not reach the log.
 */
export const REVOCATION_CONFIRMATIONS = 100
/** Revoked tokens that an isolate remembers as confirmed. About 1 MB. */
export const MAX_CONFIRMED_REVOCATIONS = 4096

// --- The decision log -----------------------------------------------------------------------------

/** Batches are compressed when they are this old. Questions about the last hour need no block. */
export const DECISION_BLOCK_AGE_MILLISECONDS = 3_600_000
/** Above this number of uncompressed records, older batches are compressed earlier. */
export const DECISION_RECENT_MAX_RECORDS = 20_000
/** Compresses well, and one decompression answers a question about one decision in milliseconds. */
export const DECISION_BLOCK_RECORDS = 1024
/**
 * The text of a block before compression, so that a row fits into the 2 MB of a Durable Object even if
 * its text does not become smaller. Only records of more than 1.4 kB reach it.
 */
export const DECISION_BLOCK_BYTES = 1_500_000
/** Blocks that one alarm writes. The next alarm follows at once if there is more to do. */
export const DECISION_BLOCKS_PER_ALARM = 16
/** Records that one question may read in one shard. This takes about half a second of CPU. */
export const DECISION_PAGE_READS = 60_000
/** The head of a chain is signed this often while records arrive. */
export const DECISION_CHECKPOINT_MILLISECONDS = 600_000
/** A failed delivery or export is tried again after this time. */
export const DECISION_UPKEEP_RETRY_MILLISECONDS = 60_000
/** Retention is checked this often without new records. */
export const DECISION_PURGE_MILLISECONDS = 6 * 3_600_000
/** The characters of one part of an export. An answer of a Durable Object has at most 32 MiB. */
export const DECISION_EXPORT_CHARACTERS = 4_000_000
/** Daily use is kept this long. It answers whether a right was used within a year. */
export const DECISION_USAGE_DAYS = 400
/** Used rights in one answer of a shard. An answer that has fewer than there are says so. */
export const DECISION_USAGE_ROWS = 50_000
/** A receiver of checkpoints that does not answer in this time is tried again later. */
export const CHECKPOINT_TIMEOUT_MILLISECONDS = 5000
/** A bucket that does not store a part of an export in this time is tried again later. */
export const DECISION_EXPORT_TIMEOUT_MILLISECONDS = 30_000
/** A record that is uncovered by a checkpoint for this long is a fault: three were missed. */
export const DECISION_UNSIGNED_MILLISECONDS = 3 * DECISION_CHECKPOINT_MILLISECONDS
/** Series of one shard: decisions with the same issuer, rule, outcome and reason. More share one. */
export const MAX_DECISION_SERIES = 5000
/** A series without a new decision is kept this long. A monitoring system has noticed it by then. */
export const DECISION_SERIES_DAYS = 30
/** The decisions over time are counted in steps of this size. A day then has 288. */
export const DECISION_ACTIVITY_STEP_SECONDS = 300
/** They are kept this long: a month and a day, at most 27,000 rows in a shard. */
export const DECISION_ACTIVITY_DAYS = 32
/** Metadata of a protected resource changes with the trust document, as its scopes do. */
export const RESOURCE_METADATA_MAX_AGE_SECONDS = 300

// --- Budgets of jobs ------------------------------------------------------------------------------

/** The time between two purges of the counts of jobs, if no replay mark is left. */
export const BUDGET_PURGE_SECONDS = 24 * 3600
/**
 * The shard of a replay mark waits this long for the shard of the job. It is less than the time that
 * an isolate waits for both, so that a mark can be taken back before.
 */
export const BUDGET_TIMEOUT_MILLISECONDS = 3000

// --- Alerts ---------------------------------------------------------------------------------------

/** A webhook that does not answer in this time is tried again. */
export const ALERT_TIMEOUT_MILLISECONDS = 5000
/** With the pauses, three attempts end before the platform ends what runs behind an answer (30 s). */
export const ALERT_ATTEMPTS = 3
/** The pause after the first attempt. The second one is twice as long. */
export const ALERT_RETRY_MILLISECONDS = 2000
/**
 * Alerts that one isolate or Durable Object sends in a minute. Further ones are only logged. A person
 * does not read more.
 */
export const MAX_ALERTS_PER_MINUTE = 30
/** A text in an alert: long enough for a commit, a network or the URL of a workflow. */
export const MAX_ALERT_FACT_CHARACTERS = 256
/** An alert names a rule, an issuer and a resource. Receivers limit bodies to 8 KB and more. */
export const MAX_ALERT_CHARACTERS = 8192
/** An isolate tells its shard of a use again after this time, because a batch can be lost. */
export const RULE_USE_REPEAT_MILLISECONDS = 600_000
/** The uses that an isolate and a shard remember, at about 200 bytes. Then they begin again. */
export const MAX_COLLECTED_USES = 5000
export const MAX_REPORTED_USES = 50_000
/**
 * The networks, and the workflow commits, that are kept for a rule. A workflow with a new commit for
 * each job has a hundred a day at most, and an old commit is seldom used again.
 */
export const MAX_USE_VALUES = 512
/** A network or commit that was not seen for so long is new again. */
export const RULE_USE_DAYS = 400
/** The first reminder of the end of a rule: two weeks, the length of a holiday. */
export const RULE_REMINDER_FIRST_DAYS = 14
/** The last reminder: a rule that ends on a Monday is renewed on the Friday before. */
export const RULE_REMINDER_LAST_DAYS = 3
/** Reminders that are sent at once. Together with other alerts, a minute has no more than 30. */
export const REMINDERS_PER_ALARM = 20
/** The time between two groups of reminders, for which the alerts of a minute are counted. */
export const REMINDER_PAUSE_SECONDS = 60
/** The time until an undelivered reminder is sent again: a repaired webhook gets it on the same day. */
export const REMINDER_RETRY_SECONDS = 3600

// --- Requests to revoke and health -----------------------------------------------------------------------

/**
 * `/health` is not ready after KV has refused writes for this long. Shorter failures occur in
 * normal operation.
 */
export const REVOCATION_UNPUBLISHED_SECONDS = 60
/**
 * Isolates may issue tokens this long after everything was revoked: the bound of ten seconds, and
 * the difference of clocks.
 */
export const REVOCATION_SPREAD_SECONDS = 15
/** Rows of one part of an export or import: about 1 MB, and a write of well under a second. */
export const REVOCATION_COPY_ROWS = 5000
/**
 * An isolate reads the revocations again behind a request after this time. With the copy of the data
 * centre and a push to the reader of the region, a revocation arrives within two seconds where there
 * is traffic.
 */
export const REVOCATION_FRESH_MILLISECONDS = 500
/**
 * Then it reads them before the request. A pointer is up to six seconds old when it arrives, so ten
 * seconds is the bound.
 */
export const REVOCATION_REVALIDATE_MILLISECONDS = 4000
/** One isolate of a data centre replaces the copy of the pointer in each slot of this length. */
export const REVOCATION_COPY_MILLISECONDS = 500
/** If that isolate fails, the others use the old copy this long at most. */
export const REVOCATION_COPY_SECONDS = 2
/** No revocation is taken back, so this only bounds what the cache of a data centre holds. */
export const REVOCATION_CONFIRMED_SECONDS = 600
/** Clocks may differ by two seconds, so a slot begins up to four seconds later at another isolate. */
export const REVOCATION_CLAIM_SECONDS = 5
/** A reader of a region asks the log for its pointer at most this often, if it is asked. */
export const REVOCATION_READER_POLL_MILLISECONDS = 1000
/** The log tells the readers that asked within this time about a change at once. */
export const REVOCATION_FOLLOWER_MILLISECONDS = 10_000

// --- Callers and their proofs ----------------------------------------------------------------------------

/**
 * A nonce of DPoP proofs is current this long, and accepted in the next window too. Shorter windows
 * make clients ask for a new nonce more often. A proof ends after a minute in any case.
 */
export const DPOP_NONCE_WINDOW_SECONDS = 120
/** A caller may vary the case of a host and its port. Other spellings are parsed each time. */
export const MAX_ACCEPTED_HOSTS = 16
/**
 * Proofs of clients behind proxies that an isolate remembers until they expire, about 100 bytes each.
 * With more requests in a minute, the oldest ones are forgotten and proofs of their age are refused.
 */
export const MAX_REMEMBERED_PROOFS = 50_000

// --- The console -----------------------------------------------------------------------------------------

/** A person has this long to sign in at the provider, with a second factor. */
export const LOGIN_STATE_SECONDS = 600
/** A path of the console with a few filters. */
export const MAX_RETURN_TO_CHARACTERS = 1024
/** Browsers refuse a cookie whose name and value are longer (RFC 6265bis §5.5). */
export const MAX_COOKIE_CHARACTERS = 4096
/** An isolate uses the endpoints of the provider this long. They change with its software. */
export const PROVIDER_FRESH_SECONDS = 600
/** After a failure, an isolate asks the provider for its endpoints again after this time. */
export const PROVIDER_RETRY_SECONDS = 10
