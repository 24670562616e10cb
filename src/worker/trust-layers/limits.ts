/** The limits of the layers between an isolate and the trust store, each with its reason. */

/**
 * A region reader asks the trust store for a new pointer at most this often, if it is asked. It does
 * not wait longer for an earlier answer, which may be lost.
 */
export const TRUST_READER_POLL_SECONDS = 1
/**
 * Up to this age, a region reader uses its pointer while it asks for a new one, so that a slow
 * answer of the trust store does not make isolates wait.
 */
export const TRUST_READER_MOST_SECONDS = 2
/**
 * A region reader with an older pointer waits this long for the trust store. Then it answers with
 * what it has, and the isolate judges the age. A round trip to the other side of the world fits.
 */
export const TRUST_READER_WAIT_MILLISECONDS = 350
/** A data centre uses its copy of the pointer this long. */
export const TRUST_DATA_CENTRE_SECONDS = 1
/**
 * The clocks of an isolate and of the trust store may differ by this much. A pointer counts as this
 * much older than it says. One with a time that is further in the future is not used.
 */
export const TRUST_CLOCK_DIFFERENCE_SECONDS = 2
/**
 * A data centre and a region reader have this long to deliver a pointer. A slower layer is left out.
 * A round trip between neighbouring countries takes a tenth of it.
 */
export const TRUST_LAYER_TIMEOUT_MILLISECONDS = 500
/**
 * The age of a pointer that arrives from a layer at last: the clocks, the reader, the data centre,
 * and the time in which two layers answer. An older one is used only if the store does not answer.
 */
export const TRUST_POINTER_MOST_SECONDS =
  TRUST_CLOCK_DIFFERENCE_SECONDS +
  TRUST_READER_MOST_SECONDS +
  TRUST_DATA_CENTRE_SECONDS +
  (2 * TRUST_LAYER_TIMEOUT_MILLISECONDS) / 1000
/** KV and a region reader have this long to deliver content. Then the next layer is asked. */
export const TRUST_CONTENT_TIMEOUT_MILLISECONDS = 1000
/**
 * After the layers, the trust store has this long. A request waits five seconds in all, so that the
 * copy of the region reader can still be used if the store does not answer.
 */
export const TRUST_LAST_LAYER_TIMEOUT_MILLISECONDS = 3000
/**
 * All layers in front of the trust store have this long, with the content. A pointer that is nearly
 * too old is then still used within the bound.
 */
export const TRUST_LAYERS_TIMEOUT_MILLISECONDS = 1500
/** An isolate leaves out a layer that failed or was slow for this long. */
export const TRUST_LAYER_RETRY_SECONDS = 5
/**
 * The readers of each region. 300 data centres ask at least once a second. With nine regions, each
 * reader then gets about ten requests a second, and the trust store gets 27. docs/scale.md has the
 * simulated load of 100,000 isolates.
 */
export const TRUST_READERS_PER_REGION = 3
/** The answers about keys that a reader keeps, each for one epoch of an isolate. */
export const TRUST_READER_KEY_ANSWERS = 16
/** The earlier states of the keys that a reader keeps, so that it can tell isolates what changed. */
export const TRUST_READER_KEY_STATES = 64
/**
 * What a reader keeps: document and compiled form of the newest revision. Each has at most 24 MiB,
 * and a Durable Object has 128 MB.
 */
export const TRUST_READER_CONTENTS = 2
/**
 * Questions about missing keys that a region reader asks the trust store in a second. Within the
 * cool-down of an issuer there is one. 27 readers then ask at most 270 times.
 */
export const TRUST_READER_KEY_QUESTIONS_PER_SECOND = 10
/**
 * Isolates of a data centre that miss the same thing wait a random time up to this, and then look
 * whether another one is loading it. Long compared with a look into the cache.
 */
export const TRUST_CLAIM_SPREAD_MILLISECONDS = 50
/** The pause between two looks for what another isolate loads. */
export const TRUST_CLAIM_LOOK_MILLISECONDS = 40
/** Then an isolate loads it itself, because the other one may have been cancelled. */
export const TRUST_CLAIM_LOOKS = 4
/** KV keeps published content this long after the last write. */
export const TRUST_CONTENT_KEEP_SECONDS = 2 * 24 * 3600
/** The newest content is written to KV again after this time: twice a day. */
export const TRUST_CONTENT_REWRITE_SECONDS = 12 * 3600
/** A failed write of content is repeated after this time. It may have 24 MiB. */
export const TRUST_CONTENT_RETRY_SECONDS = 60
