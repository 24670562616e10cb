/**
 * Why a template of a rule does not render, on the wire and in a sentence. It holds names of the
 * trust document and lengths, and no value of a claim.
 */

/** What is wrong with what a template reads or gives. */
export type TemplateFault = {
  /** The claim at fault; of a result that is too long, the longest one in it. */
  readonly claim?: string
  readonly cause: TemplateFaultCause
  /** Characters of a claim, bytes of a result. */
  readonly length?: number
  readonly limit?: number
}

export const TEMPLATE_FAULT_CAUSES = [
  'absent',
  'not_scalar',
  'unreadable',
  'claim_too_long',
  'result_too_long',
] as const
type TemplateFaultCause = (typeof TEMPLATE_FAULT_CAUSES)[number]

/** Which template does not render, and why. */
export type UnrenderableTemplate = TemplateFault & {
  /** `subject`, or `claims.` and the name of the claim. */
  readonly template: string
}

/** One sentence without a full stop: the template, the claim, the length and what to do. */
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
  }
}
