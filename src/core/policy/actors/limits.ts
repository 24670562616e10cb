/** Limits of chains of tokens of this gateway: ancestors and actors. */

/**
 * The ancestors of a token of a chain: a person or job, an agent, its tool and a tool of that tool.
 * Each is about 150 bytes in the token, and one more question to the revocation log.
 */
export const MAX_TOKEN_ANCESTORS = 4

/**
 * The ancestors of a token that come from actor tokens of this gateway: one of each actor, and one
 * that an actor token descends from. Each costs the same as another ancestor.
 */
export const MAX_ACTOR_ANCESTORS = 4

/**
 * The actors that a token names: an agent, its tool, and a service that the tool calls (EXC-07). Each
 * is about 100 bytes in the token.
 */
export const MAX_ACTORS = 3
