/** What an exchange begins with, and its state while the token endpoint handles it. */
import type { DecisionEvidence } from '../decisions/build-record.ts'
import type { ProofContext } from '../evidence/proof/proof-context.ts'
import type { GrantType } from '../grants/grant-type.ts'
import type { RequestContext } from '../policy/decide/decision-request.ts'
import type { Facts } from './facts.ts'
import type { FormBody } from './form.ts'

export type ExchangeSettings = {
  readonly gatewayIssuer: string
  readonly grantTypes: readonly GrantType[]
  readonly maxTokenLifetimeSeconds: number
  readonly issuerKeysMaxStaleSeconds: number
  /** Epoch seconds: the replay marks of tokens that were issued before may be lost. */
  readonly replayNotBefore: number
  /** Whether a verified client certificate can bind a token (RFC 8705). */
  readonly bindsCertificates: boolean
}

export type ExchangeInput = FormBody & {
  readonly authorization: string | undefined
  /** Facts about the connection from the runtime, for rules with a `condition`. */
  readonly context?: RequestContext
  /** The facts that a proof of possession is checked against. */
  readonly proofContext: ProofContext
}

/** The state of one exchange. */
export type Course = {
  readonly decisionId: string
  /** Epoch seconds. */
  readonly receivedAt: number
  readonly facts: Facts
  /** Undefined until a supported grant type was read from the form. */
  grantType: GrantType | undefined
  /** What only the decision log keeps. It grows with the steps. */
  readonly evidence: Mutable<DecisionEvidence>
  /** Whether a token was issued that may be sent only after its record is durable. */
  isAuditStrict: boolean
  /** The nonce that the caller needs for its next DPoP proof. */
  nonce: string | undefined
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }
