/** The values that a careful rule requires, as far as tokens of the platform can have them. */

import { samePath } from '../core/policy/language/claim-path.ts'
import type { ProviderProfile } from '../core/providers/profile.ts'

type SafeValue = NonNullable<ProviderProfile['safeValues']>[number]

/** Without the runners of the vendor, which do not serve an instance that the customer runs. */
export function safeValuesOf(profile: ProviderProfile): readonly SafeValue[] {
  const { names, safeValues = [], tenancy } = profile
  const { runner } = names
  if (tenancy !== 'self_hosted' || runner === undefined) return safeValues
  return safeValues.filter(({ path }) => !samePath(path, runner))
}
