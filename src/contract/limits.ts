/** Limits of what two sides exchange: how large a trust document and its parts may be. */

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

/** More than any API has. */
export const MAX_SCOPES_PER_RESOURCE = 256
/** An issued token travels in a header. */
export const MAX_GRANT_CLAIMS = 32
