/**
 * Describes why a template of a rule does not render, as JSON and as a sentence. It contains names
 * of the trust document and lengths, and no value of a claim.
 */

/** The fault of a template: a claim that it reads or the result. */
export type TemplateFault = {
  /** The claim at fault. If the result is too long, the longest claim in it. */
  readonly claim?: string
  readonly cause: TemplateFaultCause
  /**
   * The characters of a claim or of a result that is too short, or the bytes of a result that is
   * too long.
   */
  readonly length?: number
  readonly limit?: number
}

export const TEMPLATE_FAULT_CAUSES = [
  'absent',
  'not_scalar',
  'unreadable',
  'refused',
  'unusable',
  'claim_too_long',
  'result_too_long',
] as const
type TemplateFaultCause = (typeof TEMPLATE_FAULT_CAUSES)[number]

/** Which template does not render, and why. */
export type UnrenderableTemplate = TemplateFault & {
  /**
   * `subject`, `claims.` and the path of the claim, `claims` for all of them, or `budget.per` for the
   * claim that names the job.
   */
  readonly template: string
}

/** The claim of a budget is no template, and fails in the same ways. */
export const BUDGET_TEMPLATE = 'budget.per'

/**
 * Returns a sentence without a full stop that names the template, the claim, the length and the
 * remedy.
 */
export function describeTemplateFault(fault: UnrenderableTemplate): string {
  const what =
    fault.template === BUDGET_TEMPLATE
      ? 'the budget cannot be counted'
      : `the template of ${fault.template} does not render`
  return `${what}: ${describeCause(fault)}`
}

function describeCause({ claim = '', cause, length, limit }: TemplateFault): string {
  const named = `the claim ${claim}`
  const result = 'the result has'
  const hashed = `; use {${claim}|sha256}`
  switch (cause) {
    case 'absent':
      return `${named} is absent`
    case 'not_scalar':
      return `${named} is a list or an object`
    case 'unreadable':
      return `${named} has an unreadable value`
    case 'claim_too_long':
      return `${named} has ${length} characters, and ${limit} are allowed`
    case 'result_too_long': {
      const remedy = claim === '' ? '' : hashed
      return `${result} ${length} bytes, and ${limit} are allowed${remedy}`
    }
    case 'unusable':
      return claim === ''
        ? 'the result is no URI, or has a path segment "." or ".."'
        : `${named} does not fit into the URI${hashed}`
    case 'refused':
      return limit === undefined
        ? 'the consumer of the resource does not accept the result'
        : `${result} ${length} characters, and the consumer of the resource requires ${limit}`
  }
}
