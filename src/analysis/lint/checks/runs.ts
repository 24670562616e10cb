/**
 * What may start a run and where it runs: events, branches, environments, runners. For every
 * platform whose profile names such claims.
 */

import type { CompiledTrust, Rule } from '../../../core/policy/compile/compiled.ts'
import { holds } from '../../../core/policy/decide/conditions.ts'
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { admits, type Found, isHeld, isPositive, type LintedRule, mentionsOf } from '../check.ts'
import { nest } from '../view.ts'

/** LINT-06: any project may call a published workflow and then carries its name. */
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
      message: `any project may call this workflow and then carries its ${condition.claim}`,
      fix: 'Pin the calling project or its owner as well.',
    },
  ]
}

/** LINT-07: these events run with the project's rights on what outsiders wrote. */
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
      message: `${unsafe.join(', ')} may use ${writes.join(', ')}, and outsiders can start such runs`,
      fix: `List the events that may: for instance ${event.join('.')}: [push].`,
    },
  ]
}

/** Whether a rule that reads this claim alone refuses the value for all rules of the issuer. */
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

/** LINT-13: on most platforms any branch may name an environment. */
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
      message: 'any branch may name this environment unless the platform protects it',
      fix: `Add a condition on ${ref.join('.')}.`,
    },
  ]
}

/** LINT-28: other jobs leave things behind on machines that are shared. */
export function findSharedRunners({ view, issuer, writes }: LintedRule): readonly Found[] {
  const { names, safeValues = [], tenancy } = issuer.profile
  const { runner } = names
  const isTold = safeValues.some(({ path }) => runner !== undefined && samePath(path, runner))
  if (!isTold || writes.length === 0 || tenancy === 'self_hosted') return []
  if (!admits(view, runner, 'self-hosted')) return []
  if (isHeld(view, runner)) return []
  const safe = safeValues.find(({ path }) => runner !== undefined && samePath(path, runner))
  return [
    {
      severity: 'warn',
      path: ['when'],
      message: `self-hosted runners may use ${writes.join(', ')}, and jobs that share one can take a token from it`,
      fix: `Add ${runner?.join('.')}: ${String(safe?.value)}.`,
    },
  ]
}
