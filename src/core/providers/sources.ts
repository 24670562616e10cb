/**
 * Where each profile's facts of keys and tokens were confirmed: in the vendor's documents or source,
 * or nowhere yet. Data for people who read the profiles; no decision reads it, and the Worker does
 * not carry it.
 */
import sources from './sources.json' with { type: 'json' }

/** What a token of an honest issuer fails on when the profile has it wrong. */
export const FACTS = ['keyHosts', 'algorithms', 'typ', 'discovery', 'lifetime'] as const
export type Fact = (typeof FACTS)[number]

export type ProviderSources = {
  /** Where the discovery document is; null where the platform has none. */
  readonly discovery: string | null
  /** Where the key set is, as far as it is known. `{issuer}` is the URL without a last slash. */
  readonly keySet: string | null
  /** A URL, or a public repository and a path in it. A fact that is not here is unconfirmed. */
  readonly sources: Readonly<Partial<Record<Fact, string>>>
}

const SOURCES: ReadonlyMap<string, ProviderSources> = new Map(Object.entries(sources))

export function findSources(id: string): ProviderSources | undefined {
  return SOURCES.get(id)
}

/** The facts that nobody has found in the vendor's documents or source. */
export function listUnconfirmed(id: string): readonly Fact[] {
  const confirmed = findSources(id)?.sources
  return FACTS.filter((fact) => confirmed?.[fact] === undefined)
}

export function listSourced(): readonly string[] {
  return [...SOURCES.keys()]
}
