/** Limits of what two sides exchange: how large a trust document and its parts may be. */

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
