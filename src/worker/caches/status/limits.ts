/** The limits of status lists, each with its reason. */

/** How long a verifier may use a status list before it fetches a new one. An isolate keeps it as long. */
export const STATUS_LIST_TTL_SECONDS = 30
/**
 * The `exp` of a status list. A verifier that ignores `ttl` learns of a revocation within this time.
 * A list outlives an outage of a few minutes for verifiers that accept it until then.
 */
export const STATUS_LIST_LIFETIME_SECONDS = 300
/** Signed lists in one isolate, each at most 240 KB. */
export const MAX_KEPT_STATUS_LISTS = 16
/**
 * An isolate uses a block of indexes this long. A revocation of a rule, an issuer or a key covers
 * whole blocks, so a token of a block that is older than the revocation counts as revoked too.
 */
export const STATUS_LEASE_SECONDS = 900
/** The indexes of the first block of a rule in an isolate. Each further block is twice as large. */
export const STATUS_LEASE_FIRST = 16
/** At 1,000 tokens a second, an isolate needs a block each second. */
export const STATUS_LEASE_MOST = 1024
/** The rules for which an isolate has blocks of indexes, at up to 8 KB. */
export const MAX_STATUS_POOLS = 1024
/**
 * An isolate with a few indexes left waits this long before it asks for a block again, if the last
 * attempt failed.
 */
export const STATUS_LEASE_RETRY_SECONDS = 2
/** 268 million tokens that have not expired. */
export const MAX_LIVE_STATUS_LISTS = 256
/** Ended leases that are deleted with a new one. */
export const STATUS_PURGE_ROWS = 1000
/** The lists whose revoked indexes the revocation log has in memory, at 128 KiB. */
export const MAX_STATUS_BITS = 64
