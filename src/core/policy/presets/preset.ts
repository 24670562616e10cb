/**
 * The form of a preset: what one consumer requires of the tokens that it accepts. Each consumer has
 * one file in this folder, with the source of each fact. `policy/consumer` applies presets.
 */
import type { IssuedTyp, PresetName, SigningAlgorithm } from '../../../protocol/token.ts'

export type Preset = {
  readonly name: PresetName
  /**
   * The algorithms that the consumer accepts. Without `algorithm`, the gateway signs with the one
   * of these that it prefers and has a key for.
   */
  readonly algorithms: readonly SigningAlgorithm[]
  /** The values of the header `typ` that the consumer accepts. The first is the default. */
  readonly typs: readonly [IssuedTyp, ...IssuedTyp[]]
  readonly audience: AudienceLimits
  readonly lifetime: LifetimeLimits
  readonly subject: SubjectLimits
  /** Claims that the consumer requires. The gateway always issues them. */
  readonly requiredClaims: readonly ('iss' | 'sub' | 'aud' | 'exp' | 'iat')[]
  readonly sessionTags?: SessionTagLimits
  /** Scopes that the resource has in addition to its own, because the clients request them. */
  readonly scopes?: readonly string[]
}

type AudienceLimits = {
  /** The audience that the consumer expects unless it is configured otherwise; no absolute URI. */
  readonly usual?: string
  /** The same, if it is an absolute URI: the URI of the resource should be one of these. */
  readonly uris?: readonly string[]
  readonly maxCharacters?: number
}

type LifetimeLimits = {
  /** The `max_lifetime` of a resource that has none. */
  readonly usualSeconds: number
  /** The clients request a new token for each call if tokens live shorter than this. */
  readonly leastSeconds?: number
}

type SubjectLimits = {
  /** `uri`: the subject is a URI, so every rule needs a template for it. */
  readonly form: 'text' | 'uri'
  readonly minCharacters?: number
  /** In UTF-8. A limit in characters is never lower. The gateway has a limit of its own. */
  readonly maxBytes?: number
  /** The start of every subject. */
  readonly prefix?: string
  /** A start that no subject may have. */
  readonly reservedPrefix?: string
  /** Matches the values of claims that a subject may contain. Rendering refuses the others. */
  readonly values?: RegExp
}

/** Tags of the session, in a claim with the members `principal_tags` and `transitive_tag_keys`. */
export type SessionTagLimits = {
  readonly claim: string
  readonly maxTags: number
  readonly maxKeyCharacters: number
  /** Matches a key or a value if the consumer accepts all its characters. */
  readonly alphabet: RegExp
  /** A start, in any case, that no key may have. */
  readonly reservedPrefix: string
}

/** A token that is exchanged at once needs to live only as long as the exchange. */
export const EXCHANGED_AT_ONCE_SECONDS = 600
/** A token that is sent with every request. */
export const SENT_WITH_REQUESTS_SECONDS = 3600
