/** One condition of a rule: the claim it reads and the test it makes, checked against the profile. */
import type { DocumentPath } from '../../protocol/admin.ts'
import type { ClaimProfile, ProviderProfile } from '../providers/profile.ts'
import { resolveClaim, samePath } from './claim-path.ts'
import type { Report } from './compile-context.ts'
import type { Condition, Primitive, Test } from './compiled.ts'
import { compilePattern } from './pattern.ts'
import type { ConditionSource } from './schema-condition.ts'

export function compileCondition(
  claim: string,
  source: ConditionSource,
  provider: ProviderProfile,
  when: DocumentPath,
  report: Report,
): Condition | undefined {
  const at = [...when, claim]
  const resolved = resolveClaim(claim, provider)
  if (typeof resolved === 'string') {
    report(at, 'claim_unknown', resolved)
    return undefined
  }
  const test = compileTest(source, resolved.profile, (message) =>
    report(at, 'condition_impossible', message),
  )
  if (test === undefined) return undefined
  const path = Object.freeze([...resolved.path])
  return Object.freeze({ claim, path, test, pins: findPin(path, test, provider) })
}

function findPin(
  path: readonly string[],
  test: Test,
  provider: ProviderProfile,
): Condition['pins'] {
  if (!namesSomebody(path, test, provider)) return undefined
  if (provider.tenantClaims.some((tenant) => samePath(tenant, path))) return 'tenant'
  if (provider.projectClaims.some((project) => samePath(project, path))) return 'project'
  return undefined
}

/** Whoever is only excluded, or only there, is not named: everybody else would meet it too. */
function namesSomebody(path: readonly string[], test: Test, provider: ProviderProfile): boolean {
  const beginsWithTenant = provider.tenantSubject
  const isSubject = beginsWithTenant !== undefined && samePath(path, ['sub'])
  if (test.kind === 'any_of') {
    if (!isSubject) return true
    return [...test.values].every((value) => beginsWithTenant.test(String(value)))
  }
  if (test.kind !== 'glob') return false
  const { prefix } = test.pattern
  if (isSubject) return beginsWithTenant.test(prefix)
  // `acme/*` pins the owner; `acme*` and `repo:*` do not (LINT-02, LINT-03).
  return provider.tenancy === 'shared' ? /[^/:]\//.test(prefix) : prefix.length > 0
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
  return compileGlob(source.glob, claim, fault)
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
  return faults.length > 0 ? undefined : Object.freeze({ kind, values: new Set(values) })
}

function findValueFault(value: Primitive, claim: ClaimProfile | undefined): string | undefined {
  if (value === '') return 'can never hold: an empty value counts as absent; use exists: false'
  if (typeof value === 'number' && !isExact(value)) {
    return 'can never hold: numbers beyond 2^53 are not exact; the claim cannot be read as a number'
  }
  if (typeof value === 'string' && /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)) {
    return 'can never hold: claims with control characters are never matched'
  }
  const type = typeof value as 'string' | 'number' | 'boolean'
  if (claim === undefined || admits(claim, type)) return undefined
  const wanted = claim.types.join(' or ')
  const hint = admits(claim, 'string') ? `; write "${String(value)}"` : ''
  return `can never hold: the claim is a ${wanted}, not a ${type}${hint}`
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
}

function admits(claim: ClaimProfile, type: 'string' | 'number' | 'boolean'): boolean {
  return claim.types.includes(type) || claim.types.includes('any')
}
