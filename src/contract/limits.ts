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

// --- The document as a whole --------------------------------------------------------------------

/** The language nests six levels; uploaded keys may have a few levels of their own. */
export const MAX_DOCUMENT_DEPTH = 32
/** The keys of each issuer are fetched every ten minutes. */
export const MAX_ISSUERS = 1000
/** A large company has hundreds of APIs. */
export const MAX_RESOURCES = 1000
/** Problems reported at once; the rest are counted. */
export const MAX_PROBLEMS = 100

// --- Names and texts ----------------------------------------------------------------------------

/** Names appear in tokens and log lines. */
export const MAX_NAME_CHARACTERS = 128
/** An e-mail address, or the name of a team. */
export const MAX_OWNER_CHARACTERS = 256
/** One paragraph. */
export const MAX_DESCRIPTION_CHARACTERS = 1024
/** Issuer URLs, audiences and resource URIs: no platform has longer ones. */
export const MAX_URI_CHARACTERS = 2048

// --- Issuers ------------------------------------------------------------------------------------

/** Key hosts of one issuer: no issuer spreads one key set over more. */
export const MAX_KEY_HOSTS = 8
/** The longest DNS name, a colon and a port. */
export const MAX_KEY_HOST_CHARACTERS = 253 + 6
/** SPIFFE-ID §2.1: the longest trust domain. */
export const MAX_TRUST_DOMAIN_CHARACTERS = 255

// --- Rules --------------------------------------------------------------------------------------

/** Bounds the work of one decision; no platform has more claims that a rule needs. */
export const MAX_CONDITIONS_PER_RULE = 32
/** Bounds the work of one decision; split a longer list into several rules. */
export const MAX_VALUES_PER_CONDITION = 256
/** Values, patterns and templates. Matching a glob costs at most its length times the value's. */
export const MAX_PATTERN_CHARACTERS = 256
/** SPIFFE-ID §2.3: every implementation accepts a SPIFFE ID of this length. */
export const MAX_SPIFFE_ID_BYTES = 2048
/** As long as Google's attribute conditions; split a longer expression into several rules. */
export const MAX_EXPRESSION_CHARACTERS = 4096
/** There are 40 lint rules, and no rule needs to accept more than a few of them. */
export const MAX_ACCEPTED_LINTS = 16

// --- Resources and grants -----------------------------------------------------------------------

/** No known API has more. */
export const MAX_SCOPES_PER_RESOURCE = 256
/** An issued token is sent in a header, whose length servers limit. */
export const MAX_GRANT_CLAIMS = 32
