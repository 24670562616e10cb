/**
 * The types of a compiled trust document. `compile` creates it and `evaluate` reads it to decide an
 * exchange.
 */
import type { IssuedTyp, OptionalTokenKind, SigningAlgorithm } from '../../../protocol/token.ts'
import type { KeyFault, PublicKey } from '../../keys/issuer-keys.ts'
import type { ProviderProfile } from '../../providers/profile.ts'
import type { ClaimMember } from '../language/claim-tree.ts'
import type { Expression } from '../language/expression.ts'
import type { Pattern } from '../language/pattern.ts'
import type { Template } from '../language/template.ts'
import type { Preset } from '../presets/preset.ts'

export type Primitive = string | number | boolean

/** Values are lists: there is usually one value, and a set costs ten times as much. */
export type Test =
  | { readonly kind: 'any_of'; readonly values: readonly Primitive[] }
  | { readonly kind: 'none_of'; readonly values: readonly Primitive[] }
  | { readonly kind: 'glob'; readonly pattern: Pattern }
  /** The claim is a list that contains all these values. */
  | { readonly kind: 'contains'; readonly values: readonly Primitive[] }
  /** The claim is a number within these bounds, both included. */
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'exists'; readonly wanted: boolean }

export type Condition = {
  /** The claim as the document spells it. */
  readonly claim: string
  readonly path: readonly string[]
  readonly test: Test
  /**
   * ASCII letters are compared without case, because the platform ignores the case of these names.
   */
  readonly foldsCase: boolean
  /** What the condition pins: a tenant of this provider, a project of a tenant, or neither. */
  readonly pins: 'tenant' | 'project' | undefined
}

/** What a rule grants, compiled. */
export type Grant = {
  readonly resource: string
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
  /** Undefined: the issuer's name and the `sub` of the subject token. */
  readonly subject: Template | undefined
  /** The longest `sub` of the default form, in bytes. */
  readonly maxSubjectBytes: number
  readonly claims: readonly ClaimMember[]
  /** Whether the rendered claims can be larger than the limit, so that each result is measured. */
  readonly areClaimsMeasured: boolean
  /** How often one subject token may be exchanged under this grant. */
  readonly replay: ReplayMode
  /** How many tokens one job gets. Undefined: any number. */
  readonly budget: Budget | undefined
}

/** A limit on the tokens that one job gets by a rule. */
export type Budget = {
  /** The claim that names the job, as the document or the profile spells it. */
  readonly claim: string
  readonly path: readonly string[]
  readonly grants: number
  /** `alert`: a token beyond the limit is granted. Both send an alert. */
  readonly onExcess: 'deny' | 'alert'
}

/** `once_per_resource`: once for each resource. `reuse`: any number of times until it expires. */
export type ReplayMode = 'once' | 'once_per_resource' | 'reuse'

/** Who must act for the subject. */
export type ActorDemand = {
  /** The issuer of the actor token, by its name in the document. */
  readonly from: string
  readonly conditions: readonly Condition[]
}

/** A finding of lint that the rule's owner has accepted, and why. */
type Acceptance = { readonly lint: string; readonly reason: string }

/** One rule of the trust document, compiled. */
export type Rule = {
  readonly name: string
  readonly description: string | undefined
  /** The issuer of the tokens that the rule applies to, by its name in the document. */
  readonly from: string
  /** Position in the document: the first matching rule decides. */
  readonly position: number
  readonly owner: string | undefined
  /** Epoch seconds; Infinity for a deny rule without an end. */
  readonly expiresAt: number
  readonly conditions: readonly Condition[]
  /** Undefined: an allow rule is for requests without an actor, and a deny rule for all requests. */
  readonly actingAs: ActorDemand | undefined
  /** The expression in `condition:`; evaluated after the other conditions hold. */
  readonly expression: Expression | undefined
  /** `observe`: the rule is evaluated and logged, but neither allows nor denies. */
  readonly mode: 'enforce' | 'observe'
  readonly accepts: readonly Acceptance[]
  /** Undefined: the rule denies. */
  readonly grant: Grant | undefined
}

/** How to find the rules of one issuer that are filed under one claim. */
export type RuleLookup = {
  readonly path: readonly string[]
  /** The same as in the conditions on this claim. */
  readonly foldsCase: boolean
  /** The number of the claim in the keys of the index. */
  readonly claim: number
  /** Whether an allow rule is filed under a value. */
  readonly hasValues: boolean
  /** The list of all deny rules that are filed under a value, for a claim with an unknown value. */
  readonly denials: number
  /** The list of all deny rules that are filed under a glob, for an unreadable claim. */
  readonly globDenials: number
  /** The lengths of the literal texts of globs: the start, the end, and any other part. */
  readonly prefixes: readonly number[]
  readonly suffixes: readonly number[]
  readonly pieces: readonly number[]
}

/**
 * An index of the rules of one issuer, by their ordinals. It consists of plain numbers, so that it
 * can be stored and loaded without work for each rule.
 */
export type RuleIndex = {
  readonly lookups: readonly RuleLookup[]
  /** A hash table with open addressing: pairs of a key and the offset of a list; 0 if empty. */
  readonly slots: Uint32Array
  /** Lists of ordinals in document order. The length of a list is at its offset. */
  readonly lists: Uint32Array
  /** The list of the rules that are always evaluated. */
  readonly rest: number
}

/** One issuer of the trust document, compiled. */
export type TrustedIssuer = {
  /** Its name in the document. */
  readonly name: string
  readonly url: string
  readonly profile: ProviderProfile
  readonly audience: string
  /** The name under which the trust store keeps its fetched keys: see `key-source.ts`. */
  readonly keySource: string
  /** Hosts besides its own from which its key set may be fetched: see `key-hosts.ts`. */
  readonly keyHosts: readonly string[]
  /** Keys written into the document; undefined when they are fetched. */
  readonly uploadedKeys: readonly PublicKey[] | undefined
  /** Keys in the document that an older release accepted and this release cannot use. */
  readonly unusableKeys: readonly KeyFault[]
  /** Epoch seconds at which the trust in uploaded keys ends; Infinity if it has no end. */
  readonly uploadedKeysEnd: number
  /** The kinds of tokens that it accepts in addition: see `evidence/token-kinds.ts`. */
  readonly accepts: readonly OptionalTokenKind[]
  /** SPIFFE: the trust domain that it signs for. Its tokens may lack `iss` and `iat`. */
  readonly trustDomain: string | undefined
  /** True if one of its stored deny rules cannot be read: nothing is issued for its tokens. */
  readonly isClosed: boolean
  /** Its rules by ordinal, in document order. */
  readonly ruleAt: (ordinal: number) => Rule
  readonly index: RuleIndex
  /** The allow rules by resource and tenant condition, to explain a denial. */
  readonly tenantIndex: RuleIndex
}

/** What the `sub` of a resource's tokens must be. */
export type SubjectForm = {
  readonly kind: 'text' | 'uri'
  /** In UTF-8. Undefined: the usual limit of the kind. */
  readonly maxBytes: number | undefined
}

/** One resource of the trust document, compiled. */
export type Resource = {
  /** The URI as the document spells it. */
  readonly uri: string
  /** The `aud` of its tokens: the URI, or a name of the API that is no URI. */
  readonly audience: string
  /** Other names that a request may contain. They never become `aud`. */
  readonly alsoKnownAs: readonly string[]
  readonly subject: SubjectForm
  readonly scopes: ReadonlySet<string>
  /** Names that a grant may have in place of several scopes. Only the admin API has them. */
  readonly roles?: ReadonlyMap<string, readonly string[]>
  readonly maxLifetimeSeconds: number
  /** Undefined: the algorithm that the key ring prefers, of those that the preset accepts. */
  readonly algorithm: SigningAlgorithm | undefined
  /** The header `typ` of its tokens. */
  readonly typ: IssuedTyp
  /** The limits of the consumer that it is for. */
  readonly preset: Preset | undefined
  /** `strict`: a token is returned only after the record of its decision is durable. */
  readonly audit: 'strict' | 'standard'
  /** Whether its tokens have an index in a status list. */
  readonly hasStatusList: boolean
  /**
   * The trust domain of the gateway. JWT-SVIDs have subjects in it, and other tokens have none.
   * Undefined or `*`: see `Ceilings`.
   */
  readonly trustDomain: string | undefined
  /** Whether its tokens are bound: always, if a proof is sent, or never. */
  readonly proofOfPossession: 'required' | 'optional' | 'none'
  /** What its published metadata says (RFC 9728). Undefined: no metadata is published. */
  readonly metadata: ResourceMetadata | undefined
}

export type ResourceMetadata = {
  readonly name: string | undefined
  readonly documentation: string | undefined
}

/** What decides whether a token of this gateway may be exchanged for a narrower one. */
export type OwnTokens = {
  /** This gateway as an issuer, under the name `self`. */
  readonly issuer: TrustedIssuer
  /** Finds a rule by its name, which tokens have in `client_id`. */
  readonly ruleNamed: (name: string) => Rule | undefined
}

/** An accepted trust document, compiled. Decisions are made from it. */
export type CompiledTrust = {
  /** By exact issuer URL. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  /**
   * Separate from `issuers`, so that no look-up by URL finds the gateway itself. Absent in the
   * deploy-time policy: admin tokens cannot be exchanged.
   */
  readonly own?: OwnTokens
  /** By the canonical form of its URI: use `findResource`. */
  readonly resources: ReadonlyMap<string, Resource>
  /** By the canonical form of each name that a request may contain: use `findTarget`. */
  readonly targets: ReadonlyMap<string, Resource>
  /**
   * Whether parts of a stored document are left out. No request then has a default target, because
   * a rule that is left out could lead to another resource.
   */
  readonly isPartial?: true
  /** In document order. */
  readonly rules: readonly Rule[]
}

/** The limits that a deployment sets for every document. A document cannot change them. */
export type Ceilings = {
  /** The gateway's own issuer URL: default audience, and the resource of the admin API. */
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
  /** Longest time from now to the end of a rule; undefined if there is no such ceiling. */
  readonly maxRuleExpirySeconds: number | undefined
  /** The most rules of one document; 20,000 by default. */
  readonly maxRules?: number
  /** Whether the document may name `http://` issuers on loopback addresses. */
  readonly localIssuers: boolean
  /**
   * The SPIFFE trust domain of the deployment. Undefined: it issues no JWT-SVIDs. `*`: not known
   * here, so a document may name any.
   */
  readonly trustDomain?: string | undefined
}
