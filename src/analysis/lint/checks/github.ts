/**
 * Checks of GitHub's subjects and names. Subjects have three formats: names, names with ids
 * (`o@1/r@2`, since July 2026), and a withdrawn preview with dashes. GitHub ignores the case of names.
 */
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { claimOf, type Found, isPositive, type LintedRule, mentionsOf, textsOf } from '../check.ts'

/** LINT-10: an existing account can have such a name. */
export function findWithdrawnSubjects({ view }: LintedRule): readonly Found[] {
  return mentionsOf(view, ['sub']).flatMap((condition) => {
    const text = textsOf(condition).find((one) => /^repo:[^@/:]+-\d+\/[^@/:]+-\d+:/.test(one))
    if (text === undefined) return []
    return {
      severity: 'error',
      path: condition.place,
      message: `"${text}" is the withdrawn preview format: digits after a dash are part of a name`,
      fix: 'Pin repository_id and repository_owner_id, or write the ids after @.',
    }
  })
}

/** LINT-11: the platform also sends the other format, now or in the future. */
export function findOneSubjectFormat({ view, issuer }: LintedRule): readonly Found[] {
  if (issuer.profile.hasTwoSubjectFormats !== true) return []
  const clauses = mentionsOf(view, ['sub']).filter(isPositive)
  // The alternatives of an expression are separate clauses. Together they may cover both formats.
  const groups = [
    ...clauses.filter(({ isRequired }) => isRequired).map((clause) => [clause]),
    clauses.filter(({ isRequired }) => !isRequired),
  ]
  return groups.flatMap((group) => {
    const texts = group.flatMap(textsOf).filter((text) => text.startsWith('repo:'))
    const withIds = texts.filter((text) => /^repo:[^@/:]+@/.test(text))
    const [first] = group
    if (first === undefined || texts.length === 0) return []
    if (withIds.length > 0 && withIds.length < texts.length) return []
    const missing =
      withIds.length === 0 ? 'with ids (repo:owner@1/name@2:)' : 'by names (repo:owner/name:)'
    return {
      severity: 'warn' as const,
      path: first.place,
      message: `only one of two subject formats is covered; the one ${missing} is not`,
      fix: 'Pin repository_id and the other claims instead of the subject, or list both formats.',
    }
  })
}

/** LINT-34: the platform can send the same name in another case. */
export function findCaseOfNames({ view, issuer }: LintedRule): readonly Found[] {
  const { claims, names } = issuer.profile
  const folded = claims?.find(({ isCaseInsensitive }) => isCaseInsensitive)
  if (folded === undefined) return []
  return view.clauses.flatMap((condition) => {
    const { path } = condition
    const isSubject = samePath(path, ['sub'])
    const isWorkflow = names.workflow !== undefined && samePath(path, names.workflow)
    // A condition compares this claim without case, but an expression does not.
    const isName = claimOf(issuer.profile, path)?.isCaseInsensitive === true
    if (condition.foldsCase || !(isSubject || isWorkflow || isName)) return []
    const text = textsOf(condition).find((one) =>
      /[A-Z]/.test(isName ? one : nameIn(one, isSubject)),
    )
    if (text === undefined) return []
    return {
      severity: 'warn',
      path: condition.place,
      message: `"${text}" is compared with case, but ${issuer.profile.id} ignores the case of names`,
      fix: `Pin an id, or ${folded.path.join('.')}, which is compared without case.`,
    }
  })
}

/** The owner and repository name in a subject, or at the start of a workflow path. */
function nameIn(text: string, isSubject: boolean): string {
  return isSubject ? (text.split(':')[1] ?? '') : text.split('/').slice(0, 2).join('/')
}
