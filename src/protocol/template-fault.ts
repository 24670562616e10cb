/**
 * Describes why a template of a rule does not render, as JSON and as a sentence. It contains names
 * of the trust document and lengths, and no value of a claim.
 */

/** The fault of a template: a claim that it reads or the result. */
export type TemplateFault = {
  /** The claim at fault. If the result is too long, the longest claim in it. */
  readonly claim?: string
  readonly cause: TemplateFaultCause
  /** The characters of a claim, or the bytes of a result. */
  readonly length?: number
  readonly limit?: number
}

export const TEMPLATE_FAULT_CAUSES = [
  'absent',
  'not_scalar',
  'unreadable',
  'claim_too_long',
  'result_too_long',
  'type_unexpected',
  'character_not_allowed',
  'dot_segment',
] as const
type TemplateFaultCause = (typeof TEMPLATE_FAULT_CAUSES)[number]

/** Which template does not render, and why. */
export type UnrenderableTemplate = TemplateFault & {
  /** `subject`, `claims.` and the path of the claim, or `claims` for all of them. */
  readonly template: string
}

/**
 * Returns a sentence without a full stop that names the template, the claim, the length and the
 * remedy.
 */
export function describeTemplateFault(fault: UnrenderableTemplate): string {
  return `the template of ${fault.template} does not render: ${describeCause(fault)}`
}

function describeCause({ claim = '', cause, length, limit }: TemplateFault): string {
  switch (cause) {
    case 'absent':
      return `the claim ${claim} is absent`
    case 'not_scalar':
      return `the claim ${claim} is a list or an object`
    case 'unreadable':
      return `the claim ${claim} has an unreadable value`
    case 'claim_too_long':
      return `the claim ${claim} has ${length} characters, and ${limit} are allowed`
    case 'result_too_long': {
      const remedy = claim === '' ? '' : `; use {${claim}|sha256}`
      return `the result has ${length} bytes, and ${limit} are allowed${remedy}`
    }
    case 'type_unexpected':
      return `the claim ${claim} has an unexpected type`
    case 'character_not_allowed':
      return `the claim ${claim} has a character that no SPIFFE ID may have; use {${claim}|sha256}`
    case 'dot_segment':
      return 'the result has a path segment "." or ".."'
  }
}
