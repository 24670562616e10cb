/** The check of what a budget counts by. */
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { claimOf, type Found, isChosen, type LintedRule, namesHolder } from '../check.ts'

/** LINT-49: a budget is a limit only if each job has one value of the claim, and no other job has it. */
export function findOpenBudget({ grant, issuer }: LintedRule): readonly Found[] {
  const { budget } = grant
  if (budget === undefined) return []
  const { profile } = issuer
  const { claim, path } = budget
  if (profile.job !== undefined && samePath(profile.job, path)) return []
  const advice = profile.job === undefined ? "a job's own id" : profile.job.join('.')
  const found = {
    path: ['grant', 'budget', 'per'],
    fix: `Count by ${advice}.`,
  }
  if (isChosen(profile, path)) {
    const message = `whoever chooses ${claim} gets a budget for each value`
    return [{ ...found, severity: 'error', message }]
  }
  const isReused = claimOf(profile, path)?.immutable === false
  if (!isReused && !namesHolder(profile, path)) return []
  const message = `all jobs with one ${claim} share a budget, which ends only after weeks`
  return [{ ...found, severity: 'warn', message }]
}
