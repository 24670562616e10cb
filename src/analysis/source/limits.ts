/** The limits of trust files as text, each with its reason. */

/**
 * Real documents use few YAML aliases. A document that expands more than a thousand is an attack.
 */
export const MAX_ALIAS_COUNT = 1000
