/** The limits of revocation that only the Worker applies, each with its reason. */

// --- The published set of revoked tokens -----------------------------------------------------------------

/**
 * The newest revoked tokens are in the published pointer itself, 8 bytes each. More of them become
 * a segment. The pointer then stays near 11 KiB, which is written once a second.
 */
export const REVOCATION_RECENT_MAX = 1024
/** A segment of 12 bytes per token is one row of the log, and a row has at most 2 MB. */
export const REVOCATION_SEGMENT_MAX = 131_072
/**
 * The published tokens take 8 bytes each in every isolate: 16 MB of 128. Beyond that, `/verify`
 * asks the revocation log about each token.
 */
export const REVOCATION_PUBLISHED_MAX = 2_000_000
/** The revocations of subjects, rules and issuers are parsed every ten seconds in every isolate. */
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
 * A row of a Durable Object has at most 2 MB. This is the text before compression, of up to three
 * bytes a character.
 */
export const DECISION_BLOCK_CHARACTERS = 500_000
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
/** Rows of daily use in one answer of a shard. */
export const DECISION_USAGE_ROWS = 50_000
/** A receiver of checkpoints that does not answer in this time is tried again later. */
export const CHECKPOINT_TIMEOUT_MILLISECONDS = 5000
/** A bucket that does not store a part of an export in this time is tried again later. */
export const DECISION_EXPORT_TIMEOUT_MILLISECONDS = 30_000
/** A record that is uncovered by a checkpoint for this long is a fault: three were missed. */
export const DECISION_UNSIGNED_MILLISECONDS = 3 * DECISION_CHECKPOINT_MILLISECONDS
/** Metadata of a protected resource changes with the trust document, as its scopes do. */
export const RESOURCE_METADATA_MAX_AGE_SECONDS = 300

// --- Requests to revoke and health -----------------------------------------------------------------------

/**
 * `/health` is not ready after KV has refused writes for this long. Shorter failures occur in
 * normal operation.
 */
export const REVOCATION_UNPUBLISHED_SECONDS = 60
/** Enough for a sentence and the number of a ticket. */
export const MAX_REVOCATION_REASON_CHARACTERS = 256
