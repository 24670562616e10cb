/**
 * The types of provider references, for readers and tools, not for the gateway: the meaning and the
 * possible values of each claim, how a workload requests a token, common mistakes, and the sources
 * and contacts for each fact.
 */
import type { Shape } from './reference/shape.ts'

export type { Shape }

/** The facts of a profile that would refuse valid tokens if they were wrong. */
export const FACTS = ['keyHosts', 'algorithms', 'typ', 'discovery', 'lifetime', 'claims'] as const
export type Fact = (typeof FACTS)[number]

export type ProviderGuide = {
  readonly tokenRequest: {
    readonly summary: string
    readonly env: readonly string[]
    /** A command that prints or fetches a token; null if there is none. */
    readonly command: string | null
  }
  /** Who chooses the audience of a token. */
  readonly audience: string
  readonly lifetime: string
  readonly subjectFormats: readonly string[]
  readonly traps: readonly string[]
  /** Statements that are not confirmed by the vendor. */
  readonly unverified: readonly string[]
}

/** Further facts about a provider, for authors of rules and for tools. */
export type ProviderReference = {
  /**
   * Where to report or follow changes of the claims: the issue tracker of the vendor's documentation
   * or source, or else the page that documents the token.
   */
  readonly contact: string
  /** The URL of the discovery document; null if the platform has none. */
  readonly discovery: string | null
  /** The URL of the key set, if known. `{issuer}` is the issuer URL without a trailing slash. */
  readonly keySet: string | null
  /**
   * The source of each fact: a URL, or a public repository and a path. A fact without one is
   * unconfirmed.
   */
  readonly sources: Readonly<Partial<Record<Fact | 'job', string>>>
  /** The meaning of each claim in one sentence, by its path joined with dots. */
  readonly claims: Readonly<Record<string, string>>
  /** The possible values of a claim, if the platform defines them, by the same path. */
  readonly shapes?: Readonly<Record<string, Shape>> | undefined
  /** Undefined if the operator chooses the claims. */
  readonly guide: ProviderGuide | undefined
}

/** The facts without a source in the vendor's documentation or code. */
export function listUnconfirmed({ sources }: ProviderReference): readonly Fact[] {
  return FACTS.filter((fact) => sources[fact] === undefined)
}
