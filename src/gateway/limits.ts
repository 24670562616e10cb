/**
 * The numbers of the Worker in front of an origin, each with its reason. Those of the verifier
 * inside it stand in src/verify/limits.ts.
 */

/** One table is read from top to bottom for each request; a hundred routes cost microseconds. */
export const MAX_ROUTES = 200
/** Servers cut request lines at 8 to 16 KiB; nothing an origin serves has a path this long. */
export const MAX_PATH_CHARACTERS = 4096
/** A signed identity is for one request, whose way to the origin takes seconds at most. */
export const IDENTITY_LIFETIME_SECONDS = 60
/** Longer, it would be a credential worth stealing from the origin's logs. */
export const MAX_IDENTITY_LIFETIME_SECONDS = 300
