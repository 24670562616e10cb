/** Compiles the templates of a grant, with the types that the conditions of its rule fix. */
import type { DocumentPath } from '../../../contract/admin.ts'
import {
  compileTemplate,
  leastBytes,
  type Template,
  type TemplateTarget,
} from '../language/template.ts'
import type { ScalarType } from '../language/template-part.ts'
import type { Condition } from './compiled.ts'
import type { Report } from './context.ts'
import type { IssuerTable, KnownClaim } from './issuers/claim-table.ts'

/** What the templates of a grant share. */
export type TextContext = {
  readonly table: IssuerTable
  readonly fixed: FixedTypes
  readonly isStored: boolean
  readonly report: Report
}

/** Where a template is in the document, and what it renders to. */
type TextPlace = {
  readonly path: DocumentPath
  readonly target: TemplateTarget
  readonly maxBytes?: number | undefined
}

/** Undefined if the template has a problem, which is reported. */
export function compileText(
  text: string,
  { path, target, maxBytes }: TextPlace,
  { table, fixed, isStored, report }: TextContext,
): Template | undefined {
  const findClaim = (text: string) => {
    const claim = table.findClaim(text)
    if (typeof claim === 'string') return claim
    return { path: claim.path, type: fixed.get(claim.path) ?? usualType(claim) }
  }
  const template = compileTemplate(text, findClaim, target, maxBytes)
  if (typeof template === 'string') {
    report(path, 'template_invalid', template)
    return undefined
  }
  const least = leastBytes(template)
  // An older release accepted such a rule. It decides and refuses, so it is not left out.
  if (least > template.maxBytes && !isStored) {
    const message = `renders to at least ${least} bytes, and ${template.maxBytes} are allowed`
    report(path, 'template_too_long', message)
  }
  return template
}

/**
 * Types by path. Equal paths of one issuer are the same array. A claim without an entry is text.
 */
export type FixedTypes = ReadonlyMap<readonly string[], 'number' | 'boolean'>

/** The claims that must be numbers or booleans if these conditions hold. */
export function fixTypes(conditions: readonly Condition[]): FixedTypes {
  const fixed = new Map<readonly string[], 'number' | 'boolean'>()
  for (const { path, test } of conditions) {
    if (test.kind === 'range') fixed.set(path, 'number')
    if (test.kind !== 'any_of') continue
    for (const type of ['number', 'boolean'] as const) {
      if (test.values.every((value) => typeof value === type)) fixed.set(path, type)
    }
  }
  return fixed
}

/** The type that the platform documents. If there are several types or none, text. */
function usualType({ profile }: KnownClaim): ScalarType {
  const types = profile?.types ?? []
  if (types.includes('string')) return 'string'
  return types.find((type) => type === 'number' || type === 'boolean') ?? 'string'
}
