/** Compiles one condition of a rule: its claim and its test, checked against the provider profile. */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { ConditionSource } from '../../../contract/condition.ts'
import { nameControlCharacter } from '../../../web/text/control-characters.ts'
import type { ClaimProfile } from '../../providers/profile.ts'
import { foldCase } from '../language/fold-case.ts'
import { compilePattern } from '../language/pattern.ts'
import type { Condition, Primitive, Test } from './compiled.ts'
import type { Report } from './context.ts'
import type { IssuerTable } from './issuers/claim-table.ts'
import { namesTenant } from './issuers/tenant-pin.ts'

/** What the conditions on one token are compiled with. */
export type ConditionContext = {
  readonly table: IssuerTable
  /** Where the conditions are in the document. */
  readonly when: DocumentPath
  readonly report: Report
}

export function compileCondition(
  claim: string,
  source: ConditionSource,
  { table, when, report }: ConditionContext,
): Condition | undefined {
  const key = `${claim}\n${JSON.stringify(source)}`
  const known = table.conditions.get(key)
  if (known !== undefined) return known
  const at = [...when, claim]
  const resolved = table.findClaim(claim)
  if (typeof resolved === 'string') {
    report(at, 'claim_unknown', resolved)
    return undefined
  }
  const compiled = compileTest(source, resolved.profile, (message) =>
    report(at, 'condition_impossible', message),
  )
  if (compiled === undefined) return undefined
  const foldsCase = resolved.profile?.isCaseInsensitive === true
  const test = foldsCase ? foldTest(compiled) : compiled
  const { path, role } = resolved
  const pins = namesTenant(path, test, table.profile) ? role : undefined
  const condition: Condition = Object.freeze({ claim, path, test, foldsCase, pins })
  table.conditions.set(key, condition)
  return condition
}

/** The test with its values in folded case, because the claim is folded too. */
export function foldTest(test: Test): Test {
  switch (test.kind) {
    case 'any_of':
    case 'none_of':
    case 'contains':
      return Object.freeze({ ...test, values: Object.freeze(distinct(test.values.map(foldValue))) })
    case 'glob': {
      const pattern = compilePattern(foldCase(test.pattern.source))
      return pattern === undefined ? test : Object.freeze({ ...test, pattern })
    }
    case 'range':
    case 'exists':
      return test
  }
}

function foldValue(value: Primitive): Primitive {
  return typeof value === 'string' ? foldCase(value) : value
}

/** A claim with a control character is unreadable (CLM-11), so a value with one never matches. */
function findControl(text: string): string | undefined {
  const control = nameControlCharacter(text)
  return control === undefined
    ? undefined
    : `can never hold: has ${control}, and claims with control characters are never matched`
}

type Fault = (message: string) => void

function compileTest(
  source: ConditionSource,
  claim: ClaimProfile | undefined,
  fault: Fault,
): Test | undefined {
  if (Array.isArray(source)) return compileValues('any_of', source, claim, fault)
  if (typeof source !== 'object') return compileValues('any_of', [source], claim, fault)
  if ('not' in source) {
    const values = Array.isArray(source.not) ? source.not : [source.not]
    return compileValues('none_of', values, claim, fault)
  }
  if ('exists' in source) {
    const isAlwaysThere = claim?.class === 'required' || claim?.class === 'required_checked'
    if (!source.exists && isAlwaysThere) {
      fault('can never hold: every accepted token has this claim')
      return undefined
    }
    return Object.freeze({ kind: 'exists', wanted: source.exists })
  }
  if ('contains' in source) return compileContains(source.contains, claim, fault)
  if ('glob' in source) return compileGlob(source.glob, claim, fault)
  return compileRange(source, claim, fault)
}

function compileContains(
  wanted: Primitive | readonly Primitive[],
  claim: ClaimProfile | undefined,
  fault: Fault,
): Test | undefined {
  if (claim !== undefined && !admits(claim, 'array')) {
    fault(`can never hold: the claim is a ${claim.types.join(' or ')}, not a list`)
    return undefined
  }
  const values = typeof wanted === 'object' ? wanted : [wanted]
  const faults = values.flatMap((value) => findValueFault(value, undefined) ?? [])
  for (const message of faults) fault(message)
  return faults.length > 0
    ? undefined
    : Object.freeze({ kind: 'contains', values: Object.freeze(distinct(values)) })
}

function compileRange(
  source: { readonly min?: number | undefined; readonly max?: number | undefined },
  claim: ClaimProfile | undefined,
  fault: Fault,
): Test | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = source
  if (claim !== undefined && !admits(claim, 'number')) {
    fault(`can never hold: the claim is a ${claim.types.join(' or ')}, not a number`)
    return undefined
  }
  for (const bound of [source.min, source.max]) {
    if (bound !== undefined && !isExact(bound)) {
      fault('has a bound beyond 2^53, which is not exact')
      return undefined
    }
  }
  if (min > max) {
    fault('can never hold: min is above max')
    return undefined
  }
  return Object.freeze({ kind: 'range', min, max })
}

function compileGlob(
  glob: string,
  claim: ClaimProfile | undefined,
  fault: Fault,
): Test | undefined {
  if (claim !== undefined && !admits(claim, 'string')) {
    fault(`can never hold: the claim is a ${claim.types.join(' or ')}, not a string`)
    return undefined
  }
  const control = findControl(glob)
  if (control !== undefined) {
    fault(control)
    return undefined
  }
  const pattern = compilePattern(glob)
  if (pattern === undefined) {
    fault('has three stars in a row: * stays within a segment, ** crosses segments')
    return undefined
  }
  return Object.freeze({ kind: 'glob', pattern })
}

function compileValues(
  kind: 'any_of' | 'none_of',
  values: readonly Primitive[],
  claim: ClaimProfile | undefined,
  fault: Fault,
): Test | undefined {
  const faults = values.flatMap((value) => findValueFault(value, claim) ?? [])
  for (const message of faults) fault(message)
  return faults.length > 0
    ? undefined
    : Object.freeze({ kind, values: Object.freeze(distinct(values)) })
}

function distinct(values: readonly Primitive[]): readonly Primitive[] {
  return values.length === 1 ? [...values] : [...new Set(values)]
}

function findValueFault(value: Primitive, claim: ClaimProfile | undefined): string | undefined {
  if (value === '') return 'can never hold: an empty value counts as absent; use exists: false'
  if (typeof value === 'number' && !isExact(value)) {
    return 'can never hold: numbers beyond 2^53 are not exact; the claim cannot be read as a number'
  }
  const control = typeof value === 'string' ? findControl(value) : undefined
  if (control !== undefined) return control
  const type = typeof value as 'string' | 'number' | 'boolean'
  if (claim === undefined || admits(claim, type)) return undefined
  const wanted = claim.types.join(' or ')
  const hint = admits(claim, 'string') ? `; write "${String(value)}"` : ''
  return `can never hold: the claim is a ${wanted}, not a ${type}${hint}`
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

function admits(claim: ClaimProfile, type: 'string' | 'number' | 'boolean' | 'array'): boolean {
  return claim.types.includes(type) || claim.types.includes('any')
}
