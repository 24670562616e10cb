/** The request that the evaluator decides. */
import type { JsonObject } from '../../../web/json.ts'

/** What the platform reports about the caller's connection. Unknown members are absent. */
export type RequestContext = {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string
  /** Number of the autonomous system. */
  readonly asn?: number
  readonly ip?: string
  /** For example TLSv1.3. */
  readonly tls?: string
}

/** Who acts for the subject: the identity of the actor token. */
export type Actor = {
  /** The issuer's name in the document. */
  readonly issuerName: string
  /** The issuer's URL. */
  readonly issuer: string
  readonly subject: string
  readonly claims: JsonObject
}

/** The resource and scopes that the caller asks for. */
export type DecisionRequest = {
  /** Any name of the resource. Undefined: the one resource that the matching rules grant. */
  readonly resource: string | undefined
  /** Undefined: all scopes of the deciding rule. */
  readonly scopes: readonly string[] | undefined
  /** The only scopes that the token may have, if the assertion limits them. */
  readonly scopesWithin?: readonly string[] | undefined
  /** Restricts the choice to one rule. It grants nothing by itself. */
  readonly rule: string | undefined
  /** The longest lifetime that the caller requests. If absent, the rule and its resource decide. */
  readonly lifetimeSeconds?: number | undefined
  /** The id of the decision, for templates of claims. If absent, they render an example. */
  readonly decisionId?: string
  /** Undefined: the subject acts for itself. */
  readonly actor?: Actor | undefined
  /** Only `condition:` reads it. If absent, nothing is known about the connection. */
  readonly context?: RequestContext | undefined
}
