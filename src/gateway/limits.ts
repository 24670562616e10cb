/**
 * The limits of the Worker in front of an origin, each with its reason. The limits of its verifier
 * are in src/verify/limits.ts.
 */

/** The table is searched from top to bottom for each request. A hundred routes cost microseconds. */
export const MAX_ROUTES = 200
/** Servers limit request lines to 8 to 16 KiB. Real paths are shorter than this. */
export const MAX_PATH_CHARACTERS = 4096
/** A signed identity is for one request, which reaches the origin within seconds. */
export const IDENTITY_LIFETIME_SECONDS = 60
/** With a longer lifetime it would be a credential worth stealing from the logs of the origin. */
export const MAX_IDENTITY_LIFETIME_SECONDS = 300
