/** What is asked of the rules, as the evaluator sees it. */

export type DecisionRequest = {
  readonly resource: string
  /** Undefined: all scopes of the rule that decides. */
  readonly scopes: readonly string[] | undefined
  /** Narrows the choice to one rule; it grants nothing. */
  readonly rule: string | undefined
}
