/** The limits of the routes for revocations. */

/** The longest `sub` and the longest issuer URL are shorter. */
export const MAX_REVOCATION_ID_CHARACTERS = 2048
/** A rule or issuer that a live token can name is nearly always in the last revisions. */
export const REVOCATION_SEARCHED_REVISIONS = 10
/**
 * Pages of 500 records that a dry run reads of all shards of the decision log together: 160,000 tokens
 * at most, in a few seconds.
 */
export const REVOCATION_COUNT_PAGES = 320
/** Rows of one part have about 300 bytes each. */
export const MAX_REVOCATION_IMPORT_BYTES = 8 * 1024 * 1024
/** Enough for a sentence and the number of a ticket. */
export const MAX_REVOCATION_REASON_CHARACTERS = 256
