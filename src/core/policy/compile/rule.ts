/** Compiles one rule: its conditions, grant and expiry. Checks that it pins a tenant where required. */

import type { DocumentPath } from '../../../contract/admin.ts'
import type { RuleSource } from '../../../contract/trust-document.ts'
import { parseMoment } from '../../../web/moment.ts'
import type { ProviderProfile } from '../../providers/profile.ts'
import { compileExpression, type Expression } from '../language/expression.ts'
import type { ActorDemand, Condition, Rule } from './compiled.ts'
import { type ConditionContext, compileCondition } from './condition.ts'
import type { Report, RuleContext } from './context.ts'
import { compileGrant } from './grant.ts'
import { createIssuerTable, type IssuerTable } from './issuers/claim-table.ts'

const NONE: Rule['accepts'] = Object.freeze([])

export function compileRule(
  source: RuleSource,
  position: number,
  context: RuleContext,
): Rule | undefined {
  const { report } = context
  const at = ['rules', position]
  const expiresAt = compileExpiry(source.expires, [...at, 'expires'], context)
  const table = findTable(source.from, at, context)
  if (table === undefined) return undefined
  const conditions = compileConditions(source.when, { table, when: [...at, 'when'], report })
  const actingAs = compileActor(source, [...at, 'acting_as'], context)
  if (actingAs === 'unusable') return undefined
  const isDeny = source.effect === 'deny'
  if (!isDeny) checkTenant(conditions, table.profile, at, report)
  return Object.freeze({
    name: source.name,
    description: source.description,
    from: source.from,
    position,
    owner: source.owner,
    expiresAt,
    conditions: Object.freeze(conditions),
    actingAs,
    expression: compileCel(source.condition, [...at, 'condition'], report),
    mode: source.mode ?? 'enforce',
    accepts: source.accept ?? NONE,
    grant: isDeny
      ? undefined
      : compileGrant(source.grant, [...at, 'grant'], { conditions, table, context }),
  })
}

/** Undefined if the issuer has a problem. It is reported for the issuer, and not for each rule. */
function findTable(name: string, at: DocumentPath, context: RuleContext): IssuerTable | undefined {
  const issuer = context.issuers.get(name)
  if (issuer === undefined) {
    if (!context.isDeclared(name)) {
      context.report([...at, 'from'], 'issuer_unknown', `"${name}" is not declared in issuers`)
    }
    return undefined
  }
  const table = context.tables.get(name) ?? createIssuerTable(issuer.profile)
  context.tables.set(name, table)
  return table
}

function compileConditions(
  when: RuleSource['when'],
  context: ConditionContext,
): readonly Condition[] {
  return Object.entries(when).flatMap(
    ([claim, condition]) => compileCondition(claim, condition, context) ?? [],
  )
}

/**
 * Compiles the conditions on the actor in the same way as those on the subject. An allow rule that
 * pins no tenant of a shared issuer would trust all its customers as actors (LINT-01).
 */
function compileActor(
  { acting_as: demand, effect }: RuleSource,
  at: DocumentPath,
  context: RuleContext,
): ActorDemand | 'unusable' | undefined {
  if (demand === undefined) return undefined
  const { report } = context
  const { from, when } = demand
  const table = findTable(from, at, context)
  if (table === undefined) return 'unusable'
  const conditions = compileConditions(when, { table, when: [...at, 'when'], report })
  if (effect !== 'deny') checkTenant(conditions, table.profile, at, report)
  return Object.freeze({ from, conditions: Object.freeze(conditions) })
}

function compileCel(
  source: string | undefined,
  at: DocumentPath,
  report: Report,
): Expression | undefined {
  if (source === undefined) return undefined
  const expression = compileExpression(source)
  if (typeof expression !== 'string') return expression
  report(at, 'expression_invalid', expression)
  return undefined
}

function compileExpiry(
  expires: RuleSource['expires'],
  at: DocumentPath,
  context: RuleContext,
): number {
  if (expires === undefined) return Number.POSITIVE_INFINITY
  const { report } = context
  const expiresAt = context.ends.get(expires) ?? parseMoment(expires) ?? 0
  context.ends.set(expires, expiresAt)
  const { admitAt } = context.options
  if (admitAt === undefined) return expiresAt
  if (expiresAt <= admitAt) {
    report(at, 'rule_expired', `ended on ${expires}: renew the rule or remove it`)
  }
  const ceiling = context.ceilings.maxRuleExpirySeconds
  if (ceiling !== undefined && expiresAt > admitAt + ceiling) {
    const days = Math.floor(ceiling / 86_400)
    report(at, 'expiry_above_ceiling', `is above the deployment's ceiling of ${days} days from now`)
  }
  return expiresAt
}

/** A shared issuer signs for all its customers: a rule that pins no tenant trusts them all (LINT-01). */
function checkTenant(
  conditions: readonly Condition[],
  profile: ProviderProfile,
  at: DocumentPath,
  report: Report,
): void {
  if (profile.tenancy !== 'shared' || conditions.some(({ pins }) => pins !== undefined)) return
  const paths = [...profile.tenantClaims, ...profile.projectClaims]
  const claims = paths.map((path) => path.join('.')).join(', ')
  report(
    [...at, 'when'],
    'tenant_not_pinned',
    `${profile.id} signs tokens for ${profile.signsFor ?? 'all its customers'}: pin one of ${claims}, with a value or with a glob that begins with the whole tenant name`,
  )
}
