/** Reads the trace of an explanation. The contract leaves its form to `edgemint explain --json`. */
import type { DecisionExplanation } from '../../../contract/decisions/answers.ts'
import type { RuleTrace } from '../../../core/policy/decide/trace.ts'

/** The rules with conditions that were evaluated. Empty if there is no evaluation. */
export function readTrace({ evaluation }: DecisionExplanation): readonly RuleTrace[] {
  const { trace } = (evaluation ?? {}) as { readonly trace?: unknown }
  if (!Array.isArray(trace)) return []
  return trace.filter(isRuleTrace).filter(({ conditions }) => conditions.length > 0)
}

function isRuleTrace(value: unknown): value is RuleTrace {
  if (typeof value !== 'object' || value === null) return false
  const { rule, conditions } = value as Partial<RuleTrace>
  return typeof rule === 'string' && Array.isArray(conditions)
}
