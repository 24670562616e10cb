/**
 * Checks whether a condition on a tenant or project claim identifies a tenant. At a shared issuer, a
 * rule without such a condition trusts all customers (LINT-01). The condition must write out the
 * text up to the end of the tenant's name.
 */
import type { ProviderProfile } from '../../../providers/profile.ts'
import { samePath } from '../../language/claim-path.ts'
import type { Condition, Test } from '../compiled.ts'
import { findRole } from './claim-table.ts'

/** What a test of this claim pins: a tenant of the provider, a project of a tenant, or neither. */
export function pinOf(
  path: readonly string[],
  test: Test,
  provider: ProviderProfile,
): Condition['pins'] {
  return namesTenant(path, test, provider) ? findRole(path, provider) : undefined
}

/** Whether the test identifies a tenant. `not`, `exists`, `min` and `max` do not. */
export function namesTenant(
  path: readonly string[],
  test: Test,
  provider: ProviderProfile,
): boolean {
  if (test.kind !== 'any_of' && test.kind !== 'glob') return false
  const texts = test.kind === 'glob' ? [test.pattern.source] : test.values.map(String)
  const begins = tenantTextOf(path, provider)
  // This expression matches no star, so in a glob it matches only text before the first star.
  if (begins !== undefined) return texts.every((text) => begins.test(text))
  if (test.kind === 'any_of') return true
  const { prefix, source } = test.pattern
  return provider.tenancy === 'shared' ? prefix === source : prefix.length > 0
}

/** The start that a value must have to identify a tenant; undefined if any value identifies one. */
function tenantTextOf(path: readonly string[], provider: ProviderProfile): RegExp | undefined {
  if (samePath(path, ['sub']) && provider.tenantSubject !== undefined) return provider.tenantSubject
  // The owner of a dedicated issuer may allow a whole group of names.
  if (provider.tenancy !== 'shared') return undefined
  return provider.tenantTexts?.find((known) => samePath(known.path, path))?.text
}
