/**
 * The types of provider profiles. A profile describes the tokens of a kind of issuer: the form of
 * its tokens, and which claims are immutable, identify the tenant, or can be chosen by outsiders. A
 * profile can only add checks. The descriptions for readers are in `reference/`.
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
type IncomingAlgorithm = (typeof INCOMING_ALGORITHMS)[number]

export type ClaimType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'any'

/**
 * `required`: a token without the claim is refused. `checked`: verification checks the value.
 * `known`: the claim is optional and its value is not checked.
 */
export type ClaimClass = 'required_checked' | 'required' | 'optional_checked' | 'known'

/** How much people outside the owner's organization can choose the value. */
export type OutsiderInfluence = 'none' | 'low' | 'medium' | 'high'

export type ClaimProfile = {
  readonly path: readonly string[]
  readonly types: readonly ClaimType[]
  readonly class: ClaimClass
  /** True: the value is never reused. False: it can be renamed or registered again. */
  readonly immutable: boolean | null
  readonly influence: OutsiderInfluence
  /** Whether the platform ignores the case of ASCII letters in this claim. */
  readonly isCaseInsensitive: boolean
  /**
   * Whether a decision log may keep the value: ids, refs, environments, events and workflows. Never
   * a claim that names a person or an address.
   */
  readonly recorded: boolean
}

/** The paths of claims that have the same role on many platforms. */
type NormalNames = {
  readonly ownerId?: readonly string[]
  readonly projectId?: readonly string[]
  readonly ref?: readonly string[]
  readonly environment?: readonly string[]
  readonly event?: readonly string[]
  readonly workflow?: readonly string[]
  /** The commit of the file that defines the workflow. */
  readonly workflowCommit?: readonly string[]
  readonly runner?: readonly string[]
  readonly actor?: readonly string[]
}

type Tenancy =
  /** One issuer URL signs for all customers: a rule must pin a tenant claim. */
  | 'shared'
  /** The issuer URL contains the tenant. */
  | 'per_tenant'
  /** The owner runs the issuer. */
  | 'self_hosted'

/** The profile of one provider: the requirements and properties of its tokens. */
export type ProviderProfile = {
  readonly id: string
  readonly name: string
  readonly status: 'verified' | 'partial'
  readonly tenancy: Tenancy
  /** For whom a shared issuer signs, if not for "all its customers". */
  readonly signsFor?: string
  /** A fixed issuer URL, or a pattern that only checks what the operator typed. */
  readonly issuer:
    | {
        readonly kind: 'fixed'
        readonly url: string
        /** The URLs of the same platform in other regions. They are shared in the same way. */
        readonly alsoAt?: readonly string[]
      }
    | {
        readonly kind: 'pattern'
        readonly pattern: RegExp
        readonly example: string
        /**
         * The named group of the pattern that matches the tenant, if the platform also has an
         * issuer without a tenant. An issuer without this part is shared.
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
  /** `null`: the operator chooses the claims, so claim names are not checked. */
  readonly claims: readonly ClaimProfile[] | null
  /** Claims whose names have one of these prefixes are also known (`repo_property_*`). */
  readonly claimPrefixes?: readonly string[]
  /** Claims that identify the organization. */
  readonly tenantClaims: readonly (readonly string[])[]
  /** Claims that identify something within one organization, and so imply the organization. */
  readonly projectClaims: readonly (readonly string[])[]
  /** The parts of `sub`, as texts and claim paths, if the platform derives it from other claims. */
  readonly subjectIs?: readonly (string | readonly string[])[]
  /** An issued token has the `sub` of the subject token, so no rule sets another one. */
  readonly keepsSubject?: boolean
  /** `sub` is a SPIFFE ID, so an issuer may be bound to one trust domain. */
  readonly hasSpiffeSubject?: boolean
  /**
   * Some tokens name the project in `sub` by names, others by names with ids. A rule for one of the
   * two formats misses the other.
   */
  readonly hasTwoSubjectFormats?: boolean
  /**
   * The kind of the email address in a token, if it is not the verified address of OpenID Connect.
   * `changeable`: its holder or an administrator of the tenant can set it, as well as other names of
   * people. `reusable`: it names an account that another owner can create again after its deletion.
   */
  readonly emailIs?: 'changeable' | 'reusable'
  /**
   * The start of a `sub` that identifies an organization. A condition on `sub` pins a tenant only if
   * it begins with the whole name: `ref:refs/heads/main` and `organization:acme*` do not. The
   * expression must not match a star.
   */
  readonly tenantSubject?: RegExp
  /**
   * The start of other tenant and project claims that identify an organization. At a shared issuer,
   * a glob on any other claim does not pin a tenant.
   */
  readonly tenantTexts?: readonly { readonly path: readonly string[]; readonly text: RegExp }[]
  /** Values that a rule should require if the token has the claim. */
  readonly safeValues?: readonly {
    readonly path: readonly string[]
    readonly value: string | number | boolean
  }[]
  /** Further claims that a rule should pin if the token has them. */
  readonly narrowing?: readonly (readonly string[])[]
  /** Values of the event claim that let outsiders start privileged runs. */
  readonly unsafeEvents: readonly string[]
  /** `once`: workloads request a new token each time; `reused`: workloads present a token again. */
  readonly replay: 'once' | 'reused' | 'no_jti'
  /** Longest accepted `exp` minus `iat`, in seconds. */
  readonly maxLifetimeSeconds: number
  /**
   * Audiences of tokens for other services, which are unsafe for this gateway. A part in braces
   * matches one name.
   */
  readonly sharedAudiences: readonly string[]
  /** The one of these audiences that all tokens have, if it cannot be chosen. */
  readonly fixedAudience?: string
  /**
   * The claim that is the id of one job, if every token of a job has it and no other job ever has the
   * same. An id of a run with several jobs is none.
   */
  readonly job?: readonly string[]
  readonly names: NormalNames
}
