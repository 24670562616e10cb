/**
 * The external functions that mark what an exchange uses up: a subject token, a proof of possession,
 * and a token of a job's budget.
 */

/**
 * Marks a subject token as used. Returns true for the first call. Throws `Unavailable`. `key` is
 * the hex SHA-256 that identifies the token. The mark must be kept at least until the moment
 * `until`, in epoch seconds.
 */
export type ClaimReplay = (mark: Mark) => Promise<boolean>

export type Mark = { readonly key: string; readonly until: number }

/** One token of a job by a rule with a budget. */
export type BudgetSpend = {
  /** The hex SHA-256 that identifies the job and the rule. */
  readonly key: string
  /** Epoch seconds until which the count must be kept at least. */
  readonly until: number
  /** How many tokens the job gets. */
  readonly grants: number
  readonly onExcess: 'deny' | 'alert'
  /** The mark of the subject token, if the rule limits replay too. */
  readonly mark?: Mark | undefined
}

export type Spent =
  /** The mark was set before. The job was not counted. */
  | { readonly outcome: 'token_used' }
  | { readonly outcome: 'counted'; readonly used: number }
  /**
   * The job has all its tokens, and this one was not counted. With `deny`, the subject token was not
   * marked. `isFirst`: no token of the job exceeded the budget before.
   */
  | { readonly outcome: 'exceeded'; readonly used: number; readonly isFirst: boolean }

/** Marks the subject token and counts the job, or neither. Throws `Unavailable`. */
export type SpendBudget = (spend: BudgetSpend) => Promise<Spent>

/**
 * Marks a proof of possession as used, and then the subject token and its job, as far as they are
 * given: all of them or none. Throws `Unavailable`.
 */
export type ClaimProof = (use: {
  readonly proof: Mark
  readonly mark?: Mark | undefined
  readonly count?: Omit<BudgetSpend, 'mark'> | undefined
}) => Promise<ProofSpent>

/** `proof_used`: the proof was marked before. `marked`: there was nothing to count. */
export type ProofSpent = Spent | { readonly outcome: 'proof_used' | 'marked' }
