/**
 * What people need to know of each provider to write rules for it: how a workload asks for a token,
 * how its subjects look, and where others went wrong. Text for tools and docs; no decision reads it.
 */
import guides from './guides.json' with { type: 'json' }

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

const GUIDES: ReadonlyMap<string, ProviderGuide> = new Map(Object.entries(guides))

/** Undefined for `generic-oidc`, of which nothing is known. */
export function findGuide(id: string): ProviderGuide | undefined {
  return GUIDES.get(id)
}
