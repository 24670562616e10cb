/**
 * What may start a run and where it runs: events, branches, environments, runners. For every
 * platform whose profile names such claims.
 */
import { samePath } from '../claim-path.ts'
import type { CompiledTrust, Rule } from '../compiled.ts'
import { admits, conditionsOn, type Found, isPositive, type LintedRule, placeOf } from './check.ts'

/** LINT-06: any project may call a published workflow and then carries its name. */
export function findWorkflowOfAnybody({ rule, issuer }: LintedRule): readonly Found[] {
  const [condition] = conditionsOn(rule, issuer.profile.names.workflow).filter(isPositive)
  const isPinned = rule.conditions.some(
    ({ path, pins }) => pins !== undefined && !samePath(path, ['enterprise_id']),
  )
  if (condition === undefined || isPinned) return []
  return [
    {
      severity: 'error',
      path: placeOf(condition),
      message: `any project may call this workflow and then carries its ${condition.claim}`,
      fix: 'Pin the calling project or its owner as well.',
    },
  ]
}

/** LINT-07: these events run with the project's rights on what outsiders wrote. */
export function findUnsafeEvents({ trust, rule, issuer, writes }: LintedRule): readonly Found[] {
  const { names, unsafeEvents } = issuer.profile
  const { event } = names
  if (event === undefined || unsafeEvents.length === 0 || writes.length === 0) return []
  const unsafe = unsafeEvents.filter(
    (value) => admits(rule, event, value) && !isDenied(trust, rule, event, value),
  )
  if (unsafe.length === 0) return []
  const [condition] = conditionsOn(rule, event)
  return [
    {
      severity: 'error',
      path: condition === undefined ? ['when'] : placeOf(condition),
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
      admits(rule, path, value),
  )
}

const GUARDS = ['ref', 'ref_protected', 'environment_protected']

/** LINT-13: on most platforms any branch may name an environment. */
export function findUnguardedEnvironment({ rule, issuer }: LintedRule): readonly Found[] {
  const { ref, environment } = issuer.profile.names
  const [condition] = conditionsOn(rule, environment).filter(isPositive)
  if (ref === undefined || condition === undefined) return []
  const isGuarded = rule.conditions.filter(isPositive).some(({ path }) => {
    const name = path.at(-1) ?? ''
    return samePath(path, ref) || GUARDS.includes(name)
  })
  if (isGuarded) return []
  return [
    {
      severity: 'warn',
      path: placeOf(condition),
      message: 'any branch may name this environment unless the platform protects it',
      fix: `Add a condition on ${ref.join('.')}.`,
    },
  ]
}

/** LINT-28: other jobs leave things behind on machines that are shared. */
export function findSharedRunners({ rule, issuer, writes }: LintedRule): readonly Found[] {
  const { names, safeValues = [], tenancy } = issuer.profile
  const { runner } = names
  const isTold = safeValues.some(({ path }) => runner !== undefined && samePath(path, runner))
  if (!isTold || writes.length === 0 || tenancy === 'self_hosted') return []
  if (!admits(rule, runner, 'self-hosted')) return []
  if (runner !== undefined && conditionsOn(rule, runner).some(({ test }) => test.kind === 'any_of'))
    return []
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
