/**
 * Limits of what two sides exchange: what a deployment may set, and how large a trust document and
 * its parts may be.
 */

// --- Settings -----------------------------------------------------------------------------------

/** Enough for the longest step of a pipeline; a deployment may raise it to the ceiling. */
export const MAX_TOKEN_LIFETIME_SECONDS = 3600
/** No setting lets a token live longer than a day. */
export const MAX_TOKEN_LIFETIME_CEILING_SECONDS = 24 * 3600
/** A shorter token would expire on its way. Documents, settings and requests are held to it. */
export const MIN_TOKEN_LIFETIME_SECONDS = 10
/** A document of this size is compiled in well under a second. */
export const MAX_RULES = 20_000
/** The bytes of a document bound it too. */
export const MAX_RULES_CEILING = 100_000
/** 273 years: a larger number is a mistake. */
export const MAX_RULE_EXPIRY_DAYS_CEILING = 99_999
/** An outage of the store is shorter; what was taken out of the document must end some time. */
export const TRUST_MAX_STALE_SECONDS = 900
/** An isolate needs so long to refresh its snapshot behind an answer. */
export const TRUST_MAX_STALE_FLOOR_SECONDS = 10
/** A rule that was taken out may grant for a day at most. */
export const TRUST_MAX_STALE_CEILING_SECONDS = 24 * 3600
/** How long a withdrawn key can outlive its withdrawal while its issuer cannot be reached. */
export const ISSUER_KEYS_MAX_STALE_SECONDS = 3600
/** The cool-down between two fetches for one issuer. */
export const ISSUER_KEYS_MAX_STALE_FLOOR_SECONDS = 60
/** A withdrawn key may be accepted for a day at most. */
export const ISSUER_KEYS_MAX_STALE_CEILING_SECONDS = 86_400

// --- The trust document -------------------------------------------------------------------------

/** There are 40 lint rules; a rule that accepts all of them needs no linter. */
export const MAX_ACCEPTED_LINTS = 16
/** A paragraph. */
export const MAX_DESCRIPTION_CHARACTERS = 1024
/** As long as Google's attribute conditions; longer ones are several rules. */
export const MAX_EXPRESSION_CHARACTERS = 4096
/** An issued token travels in a header. */
export const MAX_GRANT_CLAIMS = 32
/** Each issuer costs one refresh of its keys in ten minutes. */
export const MAX_ISSUERS = 1000
/** The longest DNS name, a colon and a port. */
export const MAX_KEY_HOST_CHARACTERS = 253 + 6
/** Key hosts of one issuer: nobody spreads one key set over more. */
export const MAX_KEY_HOSTS = 8
/** Names stand in tokens and log lines. */
export const MAX_NAME_CHARACTERS = 128
/** An address, or the name of a team. */
export const MAX_OWNER_CHARACTERS = 256
/** Values, patterns and templates; a glob costs at most its length times that of the value. */
export const MAX_PATTERN_CHARACTERS = 256
/** A company has hundreds of APIs. */
export const MAX_RESOURCES = 1000
/** More than any API has. */
export const MAX_SCOPES_PER_RESOURCE = 256
/** SPIFFE-ID §2.1: the longest trust domain. */
export const MAX_TRUST_DOMAIN_CHARACTERS = 255
/** SPIFFE-ID §2.3: every implementation takes a SPIFFE ID of this length, wherever one stands. */
export const MAX_SPIFFE_ID_BYTES = 2048
/** The language itself nests six levels; uploaded keys may bring a few of their own. */
export const MAX_DOCUMENT_DEPTH = 32
/** Bounds the work of one decision; no platform has more claims worth a condition. */
export const MAX_CONDITIONS_PER_RULE = 32
/** Bounds the work of one decision; longer lists are several rules. */
export const MAX_VALUES_PER_CONDITION = 256
/** Problems reported at once; the rest is counted. */
export const MAX_PROBLEMS = 100
