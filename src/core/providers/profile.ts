/**
 * What the gateway and the analysis know about a kind of issuer, as data: how its tokens look,
 * which claims are immutable, which name the tenant, and what an outsider can choose. A profile
 * admits nothing; it narrows. Texts for people are in `reference/`.
 */

export const INCOMING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const
export type IncomingAlgorithm = (typeof INCOMING_ALGORITHMS)[number]

export type ClaimType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'any'

/**
 * `required`: absent refuses the token. `checked`: part of admission itself. `known`: may be there.
 */
export type ClaimClass = 'required_checked' | 'required' | 'optional_checked' | 'known'

/** How far somebody outside the owner's organisation can choose the value. */
export type OutsiderInfluence = 'none' | 'low' | 'medium' | 'high'

export type ClaimProfile = {
  readonly path: readonly string[]
  readonly types: readonly ClaimType[]
  readonly class: ClaimClass
  /** True: names the same thing for ever. False: can be renamed or registered anew. */
  readonly immutable: boolean | null
  readonly influence: OutsiderInfluence
  /** The platform's own names do not tell upper from lower case (ASCII letters). */
  readonly isCaseInsensitive: boolean
  /**
   * Whether a decision log may keep the value: ids, refs, environments, events and workflows. Never
   * a claim that names a person or an address.
   */
  readonly recorded: boolean
}

/** Common names across platforms, each the path of the claim that plays the part. */
export type NormalNames = {
  readonly ownerId?: readonly string[]
  readonly projectId?: readonly string[]
  readonly ref?: readonly string[]
  readonly environment?: readonly string[]
  readonly event?: readonly string[]
  readonly workflow?: readonly string[]
  readonly runner?: readonly string[]
  readonly actor?: readonly string[]
}

export type Tenancy =
  /** One issuer string signs for everybody: a rule must pin a tenant claim. */
  | 'shared'
  /** The issuer string names the tenant. */
  | 'per_tenant'
  /** The owner runs the issuer. */
  | 'self_hosted'

/** What is known of one kind of issuer, and what its tokens must meet. */
export type ProviderProfile = {
  readonly id: string
  readonly name: string
  readonly status: 'verified' | 'partial'
  readonly tenancy: Tenancy
  /** A fixed issuer URL, or a pattern that only checks what the operator typed. */
  readonly issuer:
    | { readonly kind: 'fixed'; readonly url: string }
    | {
        readonly kind: 'pattern'
        readonly pattern: RegExp
        readonly example: string
        /**
         * The named part of the pattern that names the tenant, where a platform also signs
         * without one: an issuer without this part is everybody's.
         */
        readonly tenantPart?: string
      }
  /**
   * Hosts other than the issuer's own where this kind of issuer publishes its keys: a host name, or
   * `*.` before one for any single label. `jwks_uri` may name one of them, with https and no port.
   */
  readonly keyHosts?: readonly string[]
  readonly algorithms: readonly IncomingAlgorithm[]
  /** Accepted header `typ` values in lower case, without `application/`; null admits an absent one. */
  readonly types: readonly (string | null)[]
  /** `null`: the claim names are the operator's business and none is checked for spelling. */
  readonly claims: readonly ClaimProfile[] | null
  /** Claims whose names start so are known too (`repo_property_*`). */
  readonly claimPrefixes?: readonly string[]
  /** Claims that name the organisation. */
  readonly tenantClaims: readonly (readonly string[])[]
  /** Claims that name something inside one organisation, and so imply it. */
  readonly projectClaims: readonly (readonly string[])[]
  /** What `sub` must be, where the platform derives it from other claims: texts and claim paths. */
  readonly subjectIs?: readonly (string | readonly string[])[]
  /** `sub` is a SPIFFE ID, so an issuer may be bound to one trust domain. */
  readonly hasSpiffeSubject?: boolean
  /**
   * Some tokens name the project in `sub` by names, others by names with ids. A rule for one of the
   * two formats misses the other.
   */
  readonly hasTwoSubjectFormats?: boolean
  /**
   * What the e-mail address in a token is, where it is not the verified address of OpenID Connect.
   * `changeable`: its holder or an administrator of the tenant can set it, as well as other names of
   * people. `reusable`: names an account that can be deleted and created again by somebody else.
   */
  readonly emailIs?: 'changeable' | 'reusable'
  /**
   * How a `sub` begins that names an organisation. A pin by `sub` must begin so, with the whole name:
   * `ref:refs/heads/main` and `organization:acme*` are anybody's. No part of it matches a star.
   */
  readonly tenantSubject?: RegExp
  /**
   * The same for other claims that name a tenant or a project. At a shared issuer a glob over a
   * claim that stands neither here nor above pins nobody.
   */
  readonly tenantTexts?: readonly { readonly path: readonly string[]; readonly text: RegExp }[]
  /** Values that a cautious rule asks for wherever the claim is there. */
  readonly safeValues?: readonly {
    readonly path: readonly string[]
    readonly value: string | number | boolean
  }[]
  /** Further claims that a narrow rule pins wherever they are there. */
  readonly narrowing?: readonly (readonly string[])[]
  /** Values of the event claim that let outsiders start privileged runs. */
  readonly unsafeEvents: readonly string[]
  /** `once`: each is asked for anew; `reused`: honest callers present one again. */
  readonly replay: 'once' | 'reused' | 'no_jti'
  /** Longest accepted `exp` minus `iat`, in seconds. */
  readonly maxLifetimeSeconds: number
  /**
   * Audiences that tokens have for other services, and so must not have for us. A part in braces
   * stands for one name.
   */
  readonly sharedAudiences: readonly string[]
  /** The one of these that tokens always have, where nobody can choose another. */
  readonly fixedAudience?: string
  readonly names: NormalNames
}
