/**
 * The frozen form of a trust document that an exchange is decided from. Types only: `compile`
 * makes it, `evaluate` reads it.
 */
import type { SigningAlgorithm, TokenTyp } from '../../../protocol/token.ts'
import type { KeyFault, PublicKey } from '../../keys/issuer-keys.ts'
import type { ProviderProfile } from '../../providers/profile.ts'
import type { Expression } from '../language/expression.ts'
import type { Pattern } from '../language/pattern.ts'
import type { Template } from '../language/template.ts'

export type Primitive = string | number | boolean

/** Values are few, and most often one: a list of one costs a tenth of a set. */
export type Test =
  | { readonly kind: 'any_of'; readonly values: readonly Primitive[] }
  | { readonly kind: 'none_of'; readonly values: readonly Primitive[] }
  | { readonly kind: 'glob'; readonly pattern: Pattern }
  /** The claim is a list that holds every one of these. */
  | { readonly kind: 'contains'; readonly values: readonly Primitive[] }
  /** The claim is a number within these bounds, both included. */
  | { readonly kind: 'range'; readonly min: number; readonly max: number }
  | { readonly kind: 'exists'; readonly wanted: boolean }

export type Condition = {
  /** The claim as the document names it. */
  readonly claim: string
  readonly path: readonly string[]
  readonly test: Test
  /** ASCII letters compare without case, because the platform's own names do. */
  readonly foldsCase: boolean
  /** What the condition names: a tenant of this provider, something within one, or neither. */
  readonly pins: 'tenant' | 'project' | undefined
}

/** What a rule gives, as it is compiled. */
export type Grant = {
  readonly resource: string
  readonly scopes: readonly string[]
  readonly lifetimeSeconds: number
  readonly subject: Template | undefined
  readonly claims: readonly { readonly name: string; readonly template: Template }[]
  /** How often one subject token may be exchanged under this grant. */
  readonly replay: ReplayMode
}

/** `once_per_resource`: once for each API. `reuse`: as often as it is valid. */
export type ReplayMode = 'once' | 'once_per_resource' | 'reuse'

/** A finding of lint that the rule's owner has accepted, and why. */
export type Acceptance = { readonly lint: string; readonly reason: string }

/** One rule of the trust document, as it is compiled. */
export type Rule = {
  readonly name: string
  readonly description: string | undefined
  /** The issuer whose tokens it reads, as the document names it. */
  readonly from: string
  /** Position in the document: the first that fits decides. */
  readonly position: number
  readonly owner: string | undefined
  /** Epoch seconds; Infinity for a deny rule without an end. */
  readonly expiresAt: number
  readonly conditions: readonly Condition[]
  /** Of `condition:`; asked after the conditions hold. */
  readonly expression: Expression | undefined
  /** `observe`: looked at and logged, but neither allows nor denies. */
  readonly mode: 'enforce' | 'observe'
  readonly accepts: readonly Acceptance[]
  /** Undefined: the rule denies. */
  readonly grant: Grant | undefined
}

/** Rules of one issuer, found by the values of a few telling claims. */
export type RuleIndex = {
  readonly lookups: readonly {
    readonly path: readonly string[]
    /** As in the conditions on this claim. */
    readonly foldsCase: boolean
    readonly rules: ReadonlyMap<Primitive, readonly Rule[]>
    /** Rules that deny, by what their values could be: see `could-be.ts`. */
    readonly denyRules: ReadonlyMap<string, readonly Rule[]>
  }[]
  /** Rules without a telling equality: always looked at. */
  readonly rest: readonly Rule[]
}

/** One issuer of the trust document, as it is compiled. */
export type TrustedIssuer = {
  /** As the document names it. */
  readonly name: string
  readonly url: string
  readonly profile: ProviderProfile
  readonly audience: string
  /** Under which name the trust store keeps its fetched keys: see `key-source.ts`. */
  readonly keySource: string
  /** Hosts besides its own from which its key set may be fetched: see `key-hosts.ts`. */
  readonly keyHosts: readonly string[]
  /** Keys written into the document; undefined when they are fetched. */
  readonly uploadedKeys: readonly PublicKey[] | undefined
  /** Keys in the document that this release cannot use: an older release took them. */
  readonly unusableKeys: readonly KeyFault[]
  /** Epoch seconds at which uploaded keys are trusted no more; Infinity without such an end. */
  readonly uploadedKeysEnd: number
  /** SPIFFE: the one trust domain it signs for, whose tokens may lack `iss` and `iat`. */
  readonly trustDomain: string | undefined
  /** A stored deny rule of it cannot be read: nothing is issued for its tokens. */
  readonly isClosed: boolean
  readonly index: RuleIndex
  /** The same rules by their tenant conditions, for explaining a refusal. */
  readonly tenantIndex: RuleIndex
}

/** One API of the trust document, as it is compiled. */
export type Resource = {
  /** As the document spells it, and as tokens have it in `aud`. */
  readonly uri: string
  readonly scopes: ReadonlySet<string>
  readonly maxLifetimeSeconds: number
  /** Undefined: whatever the key ring prefers. */
  readonly algorithm: SigningAlgorithm | undefined
  /** The header `typ` of its tokens. */
  readonly typ: TokenTyp
  /** `strict`: no token is given out before the record of its decision is durable. */
  readonly audit: 'strict' | 'standard'
}

/** A trust document that was accepted: what decisions are made from. */
export type CompiledTrust = {
  /** By exact issuer URL. */
  readonly issuers: ReadonlyMap<string, TrustedIssuer>
  /** By the canonical form of its URI: use `findResource`. */
  readonly resources: ReadonlyMap<string, Resource>
  /** In document order. */
  readonly rules: readonly Rule[]
}

/** What a deployment says about every document, whatever the document says. */
export type Ceilings = {
  /** The gateway's own issuer URL: default audience, and the resource of the admin API. */
  readonly gatewayIssuer: string
  readonly maxTokenLifetimeSeconds: number
  /** Longest time from now to a rule's end; undefined: no such ceiling. */
  readonly maxRuleExpirySeconds: number | undefined
  /** Rules of one document: 20,000 unless said otherwise. */
  readonly maxRules?: number
  /** Whether `http://` issuers on loopback addresses may be named. */
  readonly localIssuers: boolean
}
