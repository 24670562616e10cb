/** Compiles one rule: its conditions, grant and expiry. Checks that it pins a tenant where required. */

import type { RuleSource } from '../../../contract/trust-document.ts'
import { parseMoment } from '../../../web/moment.ts'
import type { ProviderProfile } from '../../providers/profile.ts'
import { compileExpression, type Expression } from '../language/expression.ts'
import type { Condition, Rule } from './compiled.ts'
import { compileCondition } from './condition.ts'
import type { Report, RuleContext } from './context.ts'
import { compileGrant } from './grant.ts'
import { createIssuerTable } from './issuers/claim-table.ts'

const NONE: Rule['accepts'] = Object.freeze([])

export function compileRule(
  source: RuleSource,
  position: number,
  isIssuerDeclared: boolean,
  context: RuleContext,
  report: Report,
): Rule | undefined {
  const expiresAt = compileExpiry(source, position, context, report)
  const issuer = context.issuers.get(source.from)
  if (issuer === undefined) {
    if (!isIssuerDeclared) {
      report(
        ['rules', position, 'from'],
        'issuer_unknown',
        `"${source.from}" is not declared in issuers`,
      )
    }
    return undefined
  }
  const table = context.tables.get(issuer.name) ?? createIssuerTable(issuer.profile)
  context.tables.set(issuer.name, table)
  const when = ['rules', position, 'when']
  const conditions = Object.entries(source.when).flatMap(
    ([claim, condition]) => compileCondition(claim, condition, table, when, report) ?? [],
  )
  const isDeny = source.effect === 'deny'
  if (!isDeny) checkTenant(conditions, issuer.profile, position, report)
  return Object.freeze({
    name: source.name,
    description: source.description,
    from: source.from,
    position,
    owner: source.owner,
    expiresAt,
    conditions: Object.freeze(conditions),
    expression: compileCel(source.condition, position, report),
    mode: source.mode ?? 'enforce',
    accepts: source.accept ?? NONE,
    grant: isDeny ? undefined : compileGrant(source, position, conditions, table, context, report),
  })
}

function compileCel(
  source: string | undefined,
  position: number,
  report: Report,
): Expression | undefined {
  if (source === undefined) return undefined
  const expression = compileExpression(source)
  if (typeof expression !== 'string') return expression
  report(['rules', position, 'condition'], 'expression_invalid', expression)
  return undefined
}

function compileExpiry(
  source: RuleSource,
  position: number,
  context: RuleContext,
  report: Report,
): number {
  if (source.expires === undefined) return Number.POSITIVE_INFINITY
  const expiresAt = context.ends.get(source.expires) ?? parseMoment(source.expires) ?? 0
  context.ends.set(source.expires, expiresAt)
  const { admitAt } = context.options
  const at = ['rules', position, 'expires']
  if (admitAt === undefined) return expiresAt
  if (expiresAt <= admitAt) {
    report(at, 'rule_expired', `ended on ${source.expires}: renew the rule or remove it`)
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
  position: number,
  report: Report,
): void {
  if (profile.tenancy !== 'shared' || conditions.some(({ pins }) => pins !== undefined)) return
  const paths = [...profile.tenantClaims, ...profile.projectClaims]
  const claims = paths.map((path) => path.join('.')).join(', ')
  report(
    ['rules', position, 'when'],
    'tenant_not_pinned',
    `${profile.id} signs tokens for ${profile.signsFor ?? 'all its customers'}: pin one of ${claims}, with a value or with a glob that begins with the whole tenant name`,
  )
}
