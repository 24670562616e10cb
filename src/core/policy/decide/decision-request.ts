/** What is asked of the rules, as the evaluator sees it. */

/** What the platform saw of the caller's connection; a member it did not see is absent. */
export type RequestContext = {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string
  /** Number of the autonomous system. */
  readonly asn?: number
  readonly ip?: string
  /** Such as TLSv1.3. */
  readonly tls?: string
}

/** What is asked for. */
export type DecisionRequest = {
  readonly resource: string
  /** Undefined: all scopes of the rule that decides. */
  readonly scopes: readonly string[] | undefined
  /** Narrows the choice to one rule; it grants nothing. */
  readonly rule: string | undefined
  /** The longest life that is asked for; absent: as long as the rule and its resource allow. */
  readonly lifetimeSeconds?: number | undefined
  /** Read by `condition:` alone; absent: nothing is known of the connection. */
  readonly context?: RequestContext
}
