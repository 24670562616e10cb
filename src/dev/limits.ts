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
/**
 * After the last answer, what a client is still sending is discarded: more than the largest trust
 * document (24 MiB).
 */
export const MAX_LINGER_BYTES = 32 * 1024 * 1024
/** A client that reads its answer stops sending at once; this covers a slow network. */
export const LINGER_MILLISECONDS = 2000

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
/** A name has 80 bytes. With 64 shards of the decision log and of the replay ledger, a few hundred. */
export const MAX_OBJECTS_FILE_BYTES = 256 * 1024
/** How long a deleted database can stay unnoticed while a gateway runs. An idle gateway hardly wakes up. */
export const OBJECTS_CHECK_MILLISECONDS = 10_000
/** Two signing keys; the larger one is under 2 KiB. */
export const MAX_KEY_FILE_BYTES = 16 * 1024
/** Another change makes one key and writes two files: a second or two on a busy machine. */
export const KEYS_LOCK_MILLISECONDS = 5000
/** The pause between two attempts to take a lock. */
export const LOCK_LOOK_MILLISECONDS = 50

// --- A gateway in production ----------------------------------------------------------------------

/** Proxies between a client and the gateway; large companies have up to five. */
export const MAX_FORWARDED_HOPS = 32
/** `10.0.0.0/8` is the widest private network. A wider one has addresses of strangers. */
export const LEAST_PROXY_BITS_IPV4 = 8
/** `fc00::/7` has all private addresses of IPv6. */
export const LEAST_PROXY_BITS_IPV6 = 7
/** IPv4 addresses within IPv6 (`::ffff:10.0.0.0/104`): 96 bits, and those of IPv4. */
export const LEAST_PROXY_BITS_MAPPED = 96 + LEAST_PROXY_BITS_IPV4
/** Fields of a request head: two tokens of 16 KiB and what proxies and browsers add. */
export const MAX_REQUEST_HEAD_BYTES = 64 * 1024
/** A request with its body. A trust document of 24 MiB takes two minutes at 200 KB/s. */
export const REQUEST_MILLISECONDS = 300_000
/** The connections that the system keeps until Node accepts them: the default of Node. */
export const MAX_WAITING_CONNECTIONS = 511
/** At a stop, for the request of a client that has just connected: several round trips of TLS. */
export const FIRST_REQUEST_MILLISECONDS = 1000
/** How often Node looks for connections beyond the limits of time. */
export const CONNECTION_CHECK_MILLISECONDS = 5000
/** An idle connection of a proxy: longer than the 60 s for which nginx keeps one by default. */
export const KEEP_ALIVE_MILLISECONDS = 65_000
/** workerd closes an idle connection after five seconds. The front leaves it earlier. */
export const UPSTREAM_IDLE_MILLISECONDS = 3000
/**
 * After an answer, workerd reads at most 64 KiB of a body that the Worker has not read, and closes the
 * connection if there is more. Half of it leaves room for the frames of chunks.
 */
export const MAX_REUSED_BODY_BYTES = 32 * 1024
/** A TLS handshake has a few messages. */
export const HANDSHAKE_MILLISECONDS = 15_000
/** A chain of certificates with long keys is under 20 KB; a list of authorities can be larger. */
export const MAX_CERTIFICATE_BYTES = 1024 * 1024
/** How often the files of the certificate are read again. */
export const CERTIFICATE_CHECK_MILLISECONDS = 5000
/** Two weeks: a certificate of 90 days should have been renewed after 60. */
export const CERTIFICATE_WARNING_MILLISECONDS = 14 * 86_400_000
/** For certificates of a few days: the last quarter of their life. */
export const CERTIFICATE_WARNING_PART = 0.25
/** How often a certificate that ends is reported in the log. */
export const WARNING_REPEAT_MILLISECONDS = 12 * 3600_000
/** The Worker asks its stores for at most five seconds. */
export const READY_MILLISECONDS = 6000
/** Several probes within this time get one answer. */
export const READY_KEEP_MILLISECONDS = 1000
/**
 * Two tables of 4 bytes a cell: 512 KiB a limit. 10,000 requests a second share a cell with nine
 * others a minute.
 */
export const RATE_LIMIT_CELLS = 65_536
/** The Worker tries for four seconds to store its last decisions. */
export const FLUSH_MILLISECONDS = 8000
/** The version of the stored state: a few names and numbers. */
export const MAX_VERSION_FILE_BYTES = 4096

// --- The dev issuer -------------------------------------------------------------------------------

/** Half of what the gateway reads from an issuer; larger claims are a mistake. */
export const MAX_BODY_BYTES = 64 * 1024
/** More issuers than anybody tests with; each holds keys. */
export const MAX_REALMS = 1024
/**
 * An idle connection. workerd uses one again for five seconds. On a busy machine the issuer can be
 * seconds late, and would close the connection with the next request on it unread.
 */
export const ISSUER_IDLE_MILLISECONDS = 30_000
/** After SIGTERM, requests that are under way may end within this time. */
export const CLOSE_MILLISECONDS = 1000
