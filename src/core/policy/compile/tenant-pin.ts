/**
 * Whether a condition on a claim of a tenant or a project names one. Where an issuer signs for
 * everybody, a rule without such a condition trusts everybody (LINT-01), so what counts is the text
 * that is written out, up to the end of the tenant's own name.
 */
import type { ProviderProfile } from '../../providers/profile.ts'
import { samePath } from '../language/claim-path.ts'
import { findRole } from './claim-table.ts'
import type { Condition, Test } from './compiled.ts'

/** What a test of this claim names: a tenant of the provider, something within one, or neither. */
export function pinOf(
  path: readonly string[],
  test: Test,
  provider: ProviderProfile,
): Condition['pins'] {
  return namesTenant(path, test, provider) ? findRole(path, provider) : undefined
}

/** Whoever is only excluded, only there or only within bounds is not named. */
export function namesTenant(
  path: readonly string[],
  test: Test,
  provider: ProviderProfile,
): boolean {
  if (test.kind !== 'any_of' && test.kind !== 'glob') return false
  const texts = test.kind === 'glob' ? [test.pattern.source] : test.values.map(String)
  const begins = tenantTextOf(path, provider)
  // It has no part that matches a star, so what it finds in a pattern stands before the first one.
  if (begins !== undefined) return texts.every((text) => begins.test(text))
  if (test.kind === 'any_of') return true
  const { prefix, source } = test.pattern
  return provider.tenancy === 'shared' ? prefix === source : prefix.length > 0
}

/** How the claim begins when it names a tenant; undefined where any one value of it does. */
export function tenantTextOf(
  path: readonly string[],
  provider: ProviderProfile,
): RegExp | undefined {
  if (samePath(path, ['sub']) && provider.tenantSubject !== undefined) return provider.tenantSubject
  // Whoever has an issuer of his own may let a whole family of names in.
  if (provider.tenancy !== 'shared') return undefined
  return provider.tenantTexts?.find((known) => samePath(known.path, path))?.text
}
