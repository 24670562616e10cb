/** Renders one template from claims, without a trust document. */

import {
  compileTemplate,
  renderTemplate,
  type TemplateTarget,
} from '../../../src/core/policy/language/template.ts'
import type { ScalarType } from '../../../src/core/policy/language/template-part.ts'
import type { TemplateFault } from '../../../src/protocol/template-fault.ts'

type Options = {
  readonly target?: TemplateTarget
  /** Types of the claims. The default is string. */
  readonly types?: Readonly<Record<string, ScalarType>>
}

export function renderText(
  source: string,
  claims: Readonly<Record<string, unknown>>,
  { target = 'subject', types = {} }: Options = {},
): string | TemplateFault {
  const find = (claim: string) => ({ path: [claim], type: types[claim] ?? 'string' }) as const
  const template = compileTemplate(source, find, target)
  if (typeof template === 'string') throw new Error(template)
  return renderTemplate(template, claims)
}
