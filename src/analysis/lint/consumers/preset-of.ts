/** The preset of a rule's resource, and what a rule pins of a template's claims. */
import { findResource } from '../../../core/policy/compile/resource-uri.ts'
import type { Preset } from '../../../core/policy/presets/preset.ts'
import { type LintedRule, requiredOn } from '../check.ts'

export function presetOf({ trust, grant }: LintedRule): Preset | undefined {
  return findResource(trust.resources, grant.resource)?.preset
}

/** The values that the rule allows for a claim. Undefined if it does not list them. */
export function pinnedValues(
  { view }: LintedRule,
  path: readonly string[],
): readonly string[] | undefined {
  for (const { test } of requiredOn(view, path)) {
    if (test.kind === 'any_of') return test.values.map(String)
  }
  return undefined
}
