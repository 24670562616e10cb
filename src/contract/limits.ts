/** The limits of a trust document and its parts. */

/** There are 40 lint rules. A rule should not need to accept more than a few of them. */
export const MAX_ACCEPTED_LINTS = 16
/** The length of a paragraph. */
export const MAX_DESCRIPTION_CHARACTERS = 1024
/** The limit of Google's attribute conditions. Split longer expressions into several rules. */
export const MAX_EXPRESSION_CHARACTERS = 4096
/** An issued token is sent in a header, whose length servers limit. */
export const MAX_GRANT_CLAIMS = 32
/** The keys of each issuer are fetched every ten minutes. */
export const MAX_ISSUERS = 1000
/** The longest DNS name, a colon and a port. */
export const MAX_KEY_HOST_CHARACTERS = 253 + 6
/** Key hosts of one issuer. No known issuer needs more. */
export const MAX_KEY_HOSTS = 8
/** Names are written into tokens and log lines. */
export const MAX_NAME_CHARACTERS = 128
/** The length of an email address or a team name. */
export const MAX_OWNER_CHARACTERS = 256
/** Values, patterns and templates. Matching a glob costs at most its length times the value's. */
export const MAX_PATTERN_CHARACTERS = 256
/** A large company has hundreds of APIs. */
export const MAX_RESOURCES = 1000
/** No known API has more. */
export const MAX_SCOPES_PER_RESOURCE = 256
/** SPIFFE-ID §2.1: the longest trust domain. */
export const MAX_TRUST_DOMAIN_CHARACTERS = 255
/** SPIFFE-ID §2.3: every implementation must accept a SPIFFE ID of this length. */
export const MAX_SPIFFE_ID_BYTES = 2048
/** The language nests six levels. Uploaded keys may add a few more. */
export const MAX_DOCUMENT_DEPTH = 32
/** Bounds the work of one decision. No known platform has more useful claims. */
export const MAX_CONDITIONS_PER_RULE = 32
/** Bounds the work of one decision. Split longer lists into several rules. */
export const MAX_VALUES_PER_CONDITION = 256
/** Problems reported at once. The others are only counted. */
export const MAX_PROBLEMS = 100
