/**
 * The audit event of one exchange, for grants and denials alike. It contains ids and names of this
 * deployment, and never a token, a key or the value of a claim.
 */
import type { UnrenderableTemplate } from '../protocol/template-fault.ts'
import type { DenialFacts, DenialReason } from './denial.ts'
import type { RuleOutcome } from './policy/decide/trace.ts'

export type DecisionEvent = {
  readonly event: 'decision'
  readonly decisionId: string
  /** Epoch seconds. */
  readonly at: number
  readonly outcome: 'granted' | 'denied' | 'unavailable'
  readonly reason?: DenialReason
  /** The parameter, claim, template or limit at fault, by name. */
  readonly fault?: string
  /** Further facts about a denial. The reason determines which. */
  readonly facts?: DenialFacts
  /** The start of the SHA-256 of the `client_id` that the caller gave. It is not verified. */
  readonly clientHint?: string
  /** The template that does not render: its name, its claim, the cause and lengths. */
  readonly template?: UnrenderableTemplate
  /** The name of the issuer in the trust document, once it is known. */
  readonly issuer?: string
  /** The name of the issuer of the actor token, once it is verified. */
  readonly actorIssuer?: string
  readonly resource?: string
  readonly rule?: string
  readonly revision?: number
  readonly scope?: string
  /** The `jti` of the subject token, if this gateway issued it. */
  readonly parentTokenId?: string
  /** The `jti` of the issued token. */
  readonly tokenId?: string
  /** The key that signed it. */
  readonly keyId?: string
  /** Epoch seconds. */
  readonly expiresAt?: number
  /** For a denial: rules of the caller's tenant and the first claim that failed in each. */
  readonly considered?: readonly {
    readonly rule: string
    readonly outcome: RuleOutcome
    readonly claim?: string
  }[]
  /** Rules in `mode: observe` that match the request. */
  readonly observed?: readonly string[]
  /** For a rule with a budget: the claim that names the job, and how many tokens the job got. */
  readonly budget?: {
    readonly per: string
    readonly grants: number
    readonly used: number
    /** This exchange is beyond the budget, as the first one of its job or not. */
    readonly excess?: 'first' | 'repeated'
  }
  /** What the issued token is bound to: its kind, and the thumbprint. */
  readonly binding?: { readonly kind: 'dpop' | 'mtls'; readonly thumbprint: string }
  /** The part that was unavailable. */
  readonly part?: string
}
