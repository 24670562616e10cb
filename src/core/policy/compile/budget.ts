/**
 * Compiles the budget of a grant: how many tokens one job gets. The job is named by a claim, by
 * default the one that the provider profile says is a job's own id.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { AllowRuleSource } from '../../../contract/trust-document.ts'
import type { Budget } from './compiled.ts'
import type { Report } from './context.ts'
import type { IssuerTable } from './issuers/claim-table.ts'

type BudgetSource = AllowRuleSource['grant']['budget']

/** The types of values that can be counted by. */
const COUNTABLE: ReadonlySet<string> = new Set(['string', 'number', 'any'])

export function compileBudget(
  source: BudgetSource,
  { profile, findClaim }: IssuerTable,
  at: DocumentPath,
  report: Report,
): Budget | undefined {
  if (source === undefined) return undefined
  const name = source.per ?? profile.job?.join('.')
  const place = [...at, 'per']
  if (name === undefined) {
    const message = `is required: tokens of ${profile.id} have no claim that is always the id of one job; name the claim that is`
    report(place, 'budget_invalid', message)
    return undefined
  }
  const claim = findClaim(name)
  if (typeof claim === 'string') {
    report(place, 'claim_unknown', claim)
    return undefined
  }
  const types = claim.profile?.types ?? ['any']
  if (!types.some((type) => COUNTABLE.has(type))) {
    report(place, 'budget_invalid', `is a ${types.join(' or ')}, and not the id of a job`)
    return undefined
  }
  return Object.freeze({
    claim: name,
    path: claim.path,
    grants: source.grants,
    onExcess: source.on_excess ?? 'deny',
  })
}
