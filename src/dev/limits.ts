/** The numbers of the local gateway and of the dev issuer, each with its reason. */

// --- Connections -----------------------------------------------------------------------------------

/** The head of a request, as long as workerd itself waits for one; `proxy` waits twice as long. */
export const HEAD_MILLISECONDS = 15_000
/** A connection on which nothing moves in either direction: every endpoint answers in seconds. */
export const SILENCE_MILLISECONDS = 60_000
/** Far more than the clients of one machine open; bounds the memory of both processes. */
export const MAX_CONNECTIONS = 4096
/** Each connection has two descriptors in this process and two in workerd. */
export const DESCRIPTORS_PER_CONNECTION = 2
/** For the databases of about a hundred Durable Objects, the log's pipes and issuers' key sets. */
export const RESERVED_DESCRIPTORS = 400
/** Even with very few descriptors, a developer's own requests need some connections. */
export const LEAST_CONNECTIONS = 16
/** Beyond the bound, so many clients at a time are told 503; further ones are closed unanswered. */
export const MAX_REFUSALS = 64
/** A client that is told 503 has this long to read it. */
export const REFUSAL_MILLISECONDS = 1000

// --- workerd ---------------------------------------------------------------------------------------

/** workerd that ends more often than this within the next number is not started again. */
export const MAX_RESTARTS = 5
/** A crash once an hour is bad luck; five in a minute have a cause that a restart does not remove. */
export const RESTART_WINDOW_MILLISECONDS = 60_000
/**
 * workerd starts in two seconds, and in about ten on a busy machine. Miniflare waits forever for a
 * workerd that was killed before it read its configuration.
 */
export const START_MILLISECONDS = 30_000
/** Miniflare ends workerd within milliseconds, except while it waits for a start that never ends. */
export const DISPOSE_MILLISECONDS = 5000

// --- The state directory ------------------------------------------------------------------------

/** A killed workerd lets go of its files within milliseconds; a busy machine is slower. */
export const RELEASE_MILLISECONDS = 3000
/** A process identifier and a line end. */
export const MAX_PID_FILE_BYTES = 32
/** A time, with room for members of later releases. */
export const MAX_RESTORED_FILE_BYTES = 4096
/** Subject tokens live two days at most (Modal). A week also covers tokens without `iat`. */
export const RESTORED_SECONDS = 7 * 24 * 3600
/** Two signing keys; the larger one is under 2 KiB. */
export const MAX_KEY_FILE_BYTES = 16 * 1024

// --- The dev issuer -------------------------------------------------------------------------------

/** Half of what the gateway reads from an issuer; larger claims are a mistake. */
export const MAX_BODY_BYTES = 64 * 1024
/** More issuers than anybody tests with; each holds keys. */
export const MAX_REALMS = 1024
/** After SIGTERM, requests that are under way may end within this time. */
export const CLOSE_MILLISECONDS = 1000
