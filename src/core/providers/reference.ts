/**
 * What people and tools read about a provider and the gateway does not: what each claim means and
 * which values it can have, how a workload asks for a token, where others went wrong, where each
 * fact was confirmed, and whom to tell when one has changed.
 */
import type { Shape } from './reference/shape.ts'

export type { Shape }

/** The facts of a profile that refuse honest tokens when they are wrong. */
export const FACTS = ['keyHosts', 'algorithms', 'typ', 'discovery', 'lifetime', 'claims'] as const
export type Fact = (typeof FACTS)[number]

export type ProviderGuide = {
  readonly tokenRequest: {
    readonly summary: string
    readonly env: readonly string[]
    /** A command that prints or fetches a token; null where there is none. */
    readonly command: string | null
  }
  /** Who chooses the audience of a token. */
  readonly audience: string
  readonly lifetime: string
  readonly subjectFormats: readonly string[]
  readonly traps: readonly string[]
  /** What nobody has confirmed with the vendor. */
  readonly unverified: readonly string[]
}

/** What is known of a provider beyond its profile, for people who write rules and for tools. */
export type ProviderReference = {
  /**
   * Where to report or follow changes of the claims: the issue tracker of the vendor's documentation
   * or source, or else the page that documents the token.
   */
  readonly contact: string
  /** Where the discovery document is; null where the platform has none. */
  readonly discovery: string | null
  /** Where the key set is, as far as it is known. `{issuer}` is the URL without a last slash. */
  readonly keySet: string | null
  /** A URL, or a public repository and a path in it. A fact that is not here is unconfirmed. */
  readonly sources: Readonly<Partial<Record<Fact, string>>>
  /** What each claim says in a sentence, by its path joined with dots. */
  readonly claims: Readonly<Record<string, string>>
  /** The values that a claim can have, where the platform fixes them, by the same path. */
  readonly shapes?: Readonly<Record<string, Shape>> | undefined
  /** Undefined where the claims are the operator's own. */
  readonly guide: ProviderGuide | undefined
}

/** The facts that nobody has found in the vendor's documents or source. */
export function listUnconfirmed({ sources }: ProviderReference): readonly Fact[] {
  return FACTS.filter((fact) => sources[fact] === undefined)
}
