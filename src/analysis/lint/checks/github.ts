/**
 * GitHub's subjects, of which three formats were seen: by names, by names with ids (`o@1/r@2`,
 * since July 2026), and a preview with dashes that was withdrawn. And its names, which do not tell
 * upper from lower case.
 */
import { samePath } from '../../../core/policy/language/claim-path.ts'
import { claimOf, type Found, isPositive, type LintedRule, mentionsOf, textsOf } from '../check.ts'

/** LINT-10: an old account may literally be called so. */
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

/** LINT-11: the other format is what the platform will send, or still sends. */
export function findOneSubjectFormat({ view, issuer }: LintedRule): readonly Found[] {
  if (issuer.profile.hasTwoSubjectFormats !== true) return []
  const clauses = mentionsOf(view, ['sub']).filter(isPositive)
  // Alternatives of an expression are several clauses: together they may cover both formats.
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

/** LINT-34: the platform may send the same name in another case. */
export function findCaseOfNames({ view, issuer }: LintedRule): readonly Found[] {
  const { claims, names } = issuer.profile
  const folded = claims?.find(({ isCaseInsensitive }) => isCaseInsensitive)
  if (folded === undefined) return []
  return view.clauses.flatMap((condition) => {
    const { path } = condition
    const isSubject = samePath(path, ['sub'])
    const isWorkflow = names.workflow !== undefined && samePath(path, names.workflow)
    // A condition compares this claim without case by itself, an expression does not.
    const isName = claimOf(issuer.profile, path)?.isCaseInsensitive === true
    if (condition.foldsCase || !(isSubject || isWorkflow || isName)) return []
    const text = textsOf(condition).find((one) =>
      /[A-Z]/.test(isName ? one : nameIn(one, isSubject)),
    )
    if (text === undefined) return []
    return {
      severity: 'warn',
      path: condition.place,
      message: `"${text}" is compared with case, but ${issuer.profile.id} names are the same in any case`,
      fix: `Pin an id, or ${folded.path.join('.')}, which is compared without case.`,
    }
  })
}

/** The owner and name within a subject, or at the start of a workflow's path. */
function nameIn(text: string, isSubject: boolean): string {
  return isSubject ? (text.split(':')[1] ?? '') : text.split('/').slice(0, 2).join('/')
}
