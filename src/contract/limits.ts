/**
 * Limits that two sides share: the range of each setting, and the size of a trust document and its
 * parts.
 */

// --- Settings -----------------------------------------------------------------------------------

/** Enough for the longest step of a pipeline. A deployment can raise it to the ceiling. */
export const MAX_TOKEN_LIFETIME_SECONDS = 3600
/** No setting lets a token live longer than a day. */
export const MAX_TOKEN_LIFETIME_CEILING_SECONDS = 24 * 3600
/** A shorter token could expire before it is used. Applies to documents, settings and requests. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10
/** A document of this size is compiled in well under a second. */
export const MAX_RULES = 20_000
/** The ceiling of `MAX_RULES`. `MAX_DOCUMENT_BYTES` limits the document as well. */
export const MAX_RULES_CEILING = 100_000
/** 99,999 days are 273 years. A larger number is a mistake. */
export const MAX_RULE_EXPIRY_DAYS_CEILING = 99_999
/**
 * Outages of the store are shorter. After this time a rule that was removed from the document no
 * longer grants.
 */
export const TRUST_MAX_STALE_SECONDS = 900
/** An isolate can take this long to refresh its snapshot in the background. */
export const TRUST_MAX_STALE_FLOOR_SECONDS = 10
/** A removed rule can grant for at most a day. */
export const TRUST_MAX_STALE_CEILING_SECONDS = 24 * 3600
/** How long a withdrawn key stays accepted while its issuer is unreachable. */
export const ISSUER_KEYS_MAX_STALE_SECONDS = 3600
/** The cool-down between two key fetches for one issuer. */
export const ISSUER_KEYS_MAX_STALE_FLOOR_SECONDS = 60
/** A withdrawn key can be accepted for at most a day. */
export const ISSUER_KEYS_MAX_STALE_CEILING_SECONDS = 86_400

/** One shard near each part of the world. More of them carry more decisions a second. */
export const DECISION_SHARDS = 8
/** The shard is in the id of each decision, and a question asks every shard. */
export const DECISION_SHARDS_CEILING = 64
/** A quarter, so that a report about three months is complete. */
export const DECISION_RETENTION_DAYS = 90
/** Ten years, the longest time that rules of bookkeeping ask for. */
export const DECISION_RETENTION_CEILING_DAYS = 3660
/** For one shard: about 1 GB, compressed. A Durable Object holds 10 GB. */
export const DECISION_MAX_RECORDS = 5_000_000
/** Uncompressed records are never purged, so a lower number would have no effect. */
export const DECISION_MAX_RECORDS_FLOOR = 100_000
/** About 8 GB. */
export const DECISION_MAX_RECORDS_CEILING = 40_000_000

/** A rule for a monthly job is never dormant. */
export const ALERT_DORMANT_DAYS = 35
/** A rule that is used once a year is dormant at the latest. */
export const ALERT_DORMANT_CEILING_DAYS = 366

// --- The document as a whole --------------------------------------------------------------------

/** The rule language nests six levels. Uploaded keys can add a few levels. */
export const MAX_DOCUMENT_DEPTH = 32
/** The keys of each issuer are fetched every ten minutes. */
export const MAX_ISSUERS = 1000
/** A large company has hundreds of APIs. */
export const MAX_RESOURCES = 1000
/** The number of problems in one report. Further problems are only counted. */
export const MAX_PROBLEMS = 100

// --- Names and texts ----------------------------------------------------------------------------

/** The longest name. Names appear in tokens and log lines. */
export const MAX_NAME_CHARACTERS = 128
/** The longest owner: an e-mail address or the name of a team. */
export const MAX_OWNER_CHARACTERS = 256
/** The longest description: one paragraph. */
export const MAX_DESCRIPTION_CHARACTERS = 1024
/** The longest name of a claim in an issued token. Many APIs name their claims with URLs. */
export const MAX_CLAIM_NAME_CHARACTERS = 256
/** The longest issuer URL, audience or resource URI. No platform uses longer ones. */
export const MAX_URI_CHARACTERS = 2048

// --- Issuers ------------------------------------------------------------------------------------

/** Key hosts of one issuer. No issuer publishes one key set on more hosts. */
export const MAX_KEY_HOSTS = 8
/** The longest host name, a colon and a port. */
export const MAX_KEY_HOST_CHARACTERS = 253 + 6
/** SPIFFE-ID §2.1: the longest trust domain. */
export const MAX_TRUST_DOMAIN_CHARACTERS = 255

// --- Rules --------------------------------------------------------------------------------------

/** Bounds the work of one decision. No platform has more claims that a rule needs. */
export const MAX_CONDITIONS_PER_RULE = 32
/** Bounds the work of one decision. Split a longer list into several rules. */
export const MAX_VALUES_PER_CONDITION = 256
/**
 * The longest value, pattern or template. Matching a glob costs at most its length times the length
 * of the value.
 */
export const MAX_PATTERN_CHARACTERS = 256
/** SPIFFE-ID §2.3: every implementation accepts a SPIFFE ID of this length. */
export const MAX_SPIFFE_ID_BYTES = 2048
/**
 * The same as the limit of attribute conditions at Google. Split a longer expression into several
 * rules.
 */
export const MAX_EXPRESSION_CHARACTERS = 4096
/** More tokens than a job needs by one rule, so a larger number limits nothing. */
export const MAX_BUDGET_GRANTS = 10_000
/** There are 54 lint rules. No rule needs to accept more than a few findings. */
export const MAX_ACCEPTED_LINTS = 16

// --- Resources and grants -----------------------------------------------------------------------

/** No known API has more scopes. */
export const MAX_SCOPES_PER_RESOURCE = 256
/**
 * Claims that one grant can add. An issued token is sent in a header, and servers limit headers.
 */
export const MAX_GRANT_CLAIMS = 32
/** The texts, numbers, lists and objects in them. AWS allows 50 session tags, which are 150. */
export const MAX_GRANT_CLAIM_VALUES = 256
/** How deep lists and objects nest in one claim. Session tags of AWS nest three levels. */
export const MAX_GRANT_CLAIM_DEPTH = 8
/** Other names of one resource. A client has one of its own, and there are few kinds of clients. */
export const MAX_ALSO_KNOWN_AS = 16
/**
 * How often consumers of the gateway's SPIFFE bundle fetch it: as often as the key set. A key that is
 * published early enough for the one is early enough for the other.
 */
export const SPIFFE_REFRESH_HINT_SECONDS = 300
/** Scopes of `ADMIN_LOGIN`. No provider needs more to tell who a person is. */
export const MAX_LOGIN_SCOPES = 16
/** Why somebody applied a revision: a sentence, or the subject of a commit with a link. */
export const MAX_REVISION_MESSAGE_CHARACTERS = 500
/** Hours of decisions over time: a day if the caller does not say, and a month at most. */
export const ACTIVITY_DEFAULT_HOURS = 24
export const ACTIVITY_MAX_HOURS = 31 * 24
/** An author, a token id or an issuer URL of an imported history. */
export const MAX_HISTORY_TEXT_CHARACTERS = 2048
/** Revisions of one answer of the admin API. Each takes up to 2 KB. */
export const MAX_PAGE_REVISIONS = 500

/**
 * From this age of a signing key without an end, the gateway warns until a successor is scheduled.
 * NIST SP 800-57 allows a private signature key one to three years.
 */
export const KEY_AGE_WARNING_SECONDS = 365 * 24 * 3600
