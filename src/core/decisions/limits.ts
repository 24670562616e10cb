/** The limits of decision records and of the decisions that an isolate holds. */

/**
 * The JSON of one record. Records of known platforms are under 3,000 characters. Of a larger one, the
 * claims and then other members are left out, and the record names them. The members that are never
 * left out fit, because they come from one subject token.
 */
export const MAX_RECORD_CHARACTERS = 16_384
/** A decision waits at most this long in its isolate. What an isolate that ends holds is lost. */
export const DECISION_FLUSH_MILLISECONDS = 500
/** So many decisions wait as objects with the claims of their tokens, and are then made text together. */
export const DECISION_FORMAT_RECORDS = 16
/** At this number of decisions, the isolate sends them at once. */
export const DECISION_BATCH_RECORDS = 256
/** A row of a Durable Object has at most 2 MB, and a character takes up to three bytes. */
export const DECISION_BATCH_CHARACTERS = 262_144
/**
 * Decisions that an isolate keeps while its shard cannot be reached. The oldest are dropped first
 * and counted.
 */
export const MAX_UNSENT_DECISIONS = 2048
/** The JSON of these decisions. A character takes up to two bytes, and an isolate has 128 MB. */
export const MAX_UNSENT_CHARACTERS = 8_388_608
/** A batch that was not acknowledged after this time is sent again. */
export const DECISION_RESEND_MILLISECONDS = 10_000
/** After a failure, the isolate waits this long before it tries its shard again. */
export const DECISION_RETRY_MILLISECONDS = 2000
/** The platform ends what runs behind an answer after 30 seconds. Later decisions send the rest. */
export const DECISION_RETRIES = 4
/** Before an isolate ends, it looks this often whether its shard has accepted everything. */
export const DECISION_LAST_TURN_MILLISECONDS = 20
/** Four seconds: longer than the pause after a failure, so that each batch is tried again. */
export const DECISION_LAST_TURNS = 200
/** The rules of one explanation. With their conditions, they take about half a megabyte. */
export const MAX_RECORD_EXPLANATION_RULES = 1000
