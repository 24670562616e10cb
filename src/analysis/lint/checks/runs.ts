/**
 * Checks of the events, environments and runners of a run, for every platform whose profile has such
 * claims.
 */

import type { CompiledTrust, Rule } from '../../../core/policy/compile/compiled.ts'
import { holds } from '../../../core/policy/decide/conditions.ts'
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { safeValuesOf } from '../../safe-values.ts'
import { admits, type Found, isHeld, isPositive, type LintedRule, mentionsOf } from '../check.ts'
import { nest } from '../view.ts'

/** LINT-06: any project can call a published workflow, and its token then names that workflow. */
export function findWorkflowOfAnybody({ view, issuer }: LintedRule): readonly Found[] {
  const [condition] = mentionsOf(view, issuer.profile.names.workflow).filter(isPositive)
  const isPinned = view.required.some(
    ({ path, pins }) => pins !== undefined && !samePath(path, ['enterprise_id']),
  )
  if (condition === undefined || isPinned) return []
  return [
    {
      severity: 'error',
      path: condition.place,
      message: `any project can call this workflow, and its token then has the same ${condition.claim}`,
      fix: 'Also pin the calling project or its owner.',
    },
  ]
}

/** LINT-07: with these events, input of outsiders runs with the permissions of the project. */
export function findUnsafeEvents({
  view,
  trust,
  rule,
  issuer,
  writes,
}: LintedRule): readonly Found[] {
  const { names, unsafeEvents } = issuer.profile
  const { event } = names
  if (event === undefined || unsafeEvents.length === 0 || writes.length === 0) return []
  const unsafe = unsafeEvents.filter(
    (value) => admits(view, event, value) && !isDenied(trust, rule, event, value),
  )
  if (unsafe.length === 0) return []
  const [condition] = mentionsOf(view, event)
  return [
    {
      severity: 'error',
      path: condition === undefined ? ['when'] : condition.place,
      message: `${unsafe.join(', ')} runs get ${writes.join(', ')}, and outsiders can start such runs`,
      fix: `List the allowed events, for example ${event.join('.')}: [push].`,
    },
  ]
}

/** Whether a deny rule on only this claim refuses the value for all rules of the issuer. */
function isDenied(
  { rules }: CompiledTrust,
  { from }: Rule,
  path: readonly string[],
  value: string,
): boolean {
  return rules.some(
    (rule) =>
      rule.from === from &&
      rule.grant === undefined &&
      rule.mode === 'enforce' &&
      rule.expression === undefined &&
      rule.expiresAt === Number.POSITIVE_INFINITY &&
      rule.conditions.every((condition) => samePath(condition.path, path)) &&
      rule.conditions.every((condition) => holds(condition, nest(path, value))),
  )
}

const GUARDS = ['ref', 'ref_protected', 'environment_protected']

/** LINT-13: on most platforms a job of any branch can use any environment. */
export function findUnguardedEnvironment({ view, issuer }: LintedRule): readonly Found[] {
  const { ref, environment } = issuer.profile.names
  const [condition] = mentionsOf(view, environment).filter(isPositive)
  if (ref === undefined || condition === undefined) return []
  const isGuarded = view.required.filter(isPositive).some(({ path }) => {
    const name = path.at(-1) ?? ''
    return samePath(path, ref) || GUARDS.includes(name)
  })
  if (isGuarded) return []
  return [
    {
      severity: 'warn',
      path: condition.place,
      message: 'a run of any branch can use this environment unless the platform protects it',
      fix: `Add a condition on ${ref.join('.')}.`,
    },
  ]
}

/** LINT-28: a job on a shared machine can read or change what other jobs use there. */
export function findSharedRunners({ view, issuer, writes }: LintedRule): readonly Found[] {
  const { runner } = issuer.profile.names
  const safe = safeValuesOf(issuer.profile).find(
    ({ path }) => runner !== undefined && samePath(path, runner),
  )
  if (safe === undefined || writes.length === 0) return []
  if (!admits(view, runner, 'self-hosted')) return []
  if (isHeld(view, runner)) return []
  return [
    {
      severity: 'warn',
      path: ['when'],
      message: `self-hosted runners get ${writes.join(', ')}, and jobs on a shared runner can steal tokens`,
      fix: `Add ${runner?.join('.')}: ${String(safe.value)}.`,
    },
  ]
}
