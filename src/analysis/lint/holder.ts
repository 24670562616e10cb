/**
 * Checks whether a rule identifies its holder safely: by permanent ids, by claims that the holder
 * cannot choose, and by wanted values instead of exclusions.
 */
import { samePath } from '../../core/policy/language/claim-path.ts'
import {
  claimOf,
  type Found,
  isChosen,
  isHeld,
  isPositive,
  type LintedRule,
  requiredOn,
  textsOf,
} from './check.ts'
import type { Clause, RuleView } from './view.ts'

/** LINT-09: another party can register a released name. An id is never reused. */
export function findNamesOnly({ view, issuer, writes }: LintedRule): readonly Found[] {
  const { profile } = issuer
  const ids = [...profile.tenantClaims, ...profile.projectClaims].filter((path) => {
    const claim = claimOf(profile, path)
    return claim?.immutable === true && claim.class.startsWith('required')
  })
  if (ids.length === 0) return []
  const isPinned = ids.some((path) => isHeld(view, path))
  if (isPinned || requiredOn(view, ['sub']).some(holdsIds)) return []
  const wanted = ids.map((path) => path.join('.')).join(' or ')
  return [
    {
      severity: writes.length > 0 ? 'error' : 'warn',
      path: ['when'],
      message: 'only names identify the holder, and a released name can be registered again',
      fix: `Pin ${wanted}.`,
    },
  ]
}

/** GitHub's newer subjects contain the ids of owner and repository: `repo:o@1/r@2:`. */
function holdsIds(condition: Clause): boolean {
  const texts = textsOf(condition)
  return texts.length > 0 && texts.every((text) => /^repo:[^@/:*]+@\d+\//.test(text))
}

/** LINT-12: outsiders can set these values in their own projects. */
export function findChosenOnly({ view, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  if (profile.claims === null) return []
  const positive = view.clauses.filter(isPositive)
  const isDecided = view.required
    .filter(isPositive)
    .some(
      ({ pins, path }) =>
        pins !== undefined ||
        claimOf(profile, path)?.influence === 'none' ||
        claimOf(profile, path)?.influence === 'low',
    )
  if (positive.length === 0 || isDecided) return []
  if (positive.some(({ path }) => claimOf(profile, path) === undefined)) return []
  const names = [...new Set(positive.map(({ claim }) => claim))].join(', ')
  return [
    {
      severity: 'error',
      path: ['when'],
      message: `all deciding claims can be chosen by their holder: ${names}`,
      fix: 'Also pin the project or its owner.',
    },
  ]
}

/** LINT-31: every value that is not excluded passes, including values that do not exist yet. */
export function findNegativeOnly({ view, issuer }: LintedRule): readonly Found[] {
  if (!isNarrowed(view)) {
    return [
      {
        severity: 'error',
        path: ['when'],
        message: 'every condition only excludes values, so any other value passes',
        fix: 'List the wanted values.',
      },
    ]
  }
  return view.clauses.flatMap((condition) => {
    const claim = claimOf(issuer.profile, condition.path)
    const isOptional = claim?.class === 'known' || claim?.class === 'optional_checked'
    if (condition.test.kind !== 'none_of' || !condition.isRequired || !isOptional) return []
    if (requiredOn(view, condition.path).some(isPositive)) return []
    return {
      severity: 'info',
      path: condition.place,
      message: `a token without ${condition.claim} is refused, and any value that is not excluded passes`,
      fix: 'List the wanted values instead.',
    }
  })
}

/** Whether the rule names a wanted value: in one clause that must hold, or in all alternatives. */
function isNarrowed({ clauses, required }: RuleView): boolean {
  if (required.some(isPositive)) return true
  const derived = clauses.filter(({ isRequired }) => !isRequired)
  return derived.length > 0 && derived.every(isPositive)
}

/** LINT-36: if the holder can shape the subject, it can get the subject of another workload. */
export function findChosenSubject({ view, issuer }: LintedRule): readonly Found[] {
  return view.uses.flatMap(({ path, place, target }) => {
    if (target !== undefined && !isPrivilege(target)) return []
    if (samePath(path, ['sub']) || isHeld(view, path) || !isChosen(issuer.profile, path)) return []
    const what = target === undefined ? 'the subject' : `the claim ${target}`
    return {
      severity: 'error' as const,
      path: place,
      message: `${what} contains ${path.join('.')}, which its holder can choose`,
      fix: 'Use an id, or list the allowed values of the claim under when.',
    }
  })
}

/** Claim names that APIs commonly use for authorization. */
function isPrivilege(name: string): boolean {
  return /(^|[_.-])(role|group|scope|permission|tenant|team|org|account|admin|level)s?($|[_.-])/i.test(
    name,
  )
}
