/**
 * Whether a rule says well enough who the holder is: by ids that stay, by claims that its holder
 * cannot choose, and by what it is rather than by what it is not.
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

/** LINT-09: a name can be released and registered by somebody else; an id cannot. */
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
      message: 'the holder is known by names alone, and names are used again',
      fix: `Pin ${wanted}.`,
    },
  ]
}

/** GitHub's newer subjects carry the ids of owner and repository: `repo:o@1/r@2:`. */
function holdsIds(condition: Clause): boolean {
  const texts = textsOf(condition)
  return texts.length > 0 && texts.every((text) => /^repo:[^@/:*]+@\d+\//.test(text))
}

/** LINT-12: outsiders write these values into their own projects. */
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
      message: `only claims that their holder chooses decide: ${names}`,
      fix: 'Pin the project or its owner as well.',
    },
  ]
}

/** LINT-31: whatever is not excluded passes, also what does not exist yet. */
export function findNegativeOnly({ view, issuer }: LintedRule): readonly Found[] {
  if (!isNarrowed(view)) {
    return [
      {
        severity: 'error',
        path: ['when'],
        message: 'every condition only excludes: whatever nobody thought of passes',
        fix: 'Say which values are wanted.',
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
      message: `a token without ${condition.claim} is refused, and a value nobody thought of passes`,
      fix: 'List the values that are wanted.',
    }
  })
}

/** Whether something says who is meant: one thing that must hold, or each of several that may. */
function isNarrowed({ clauses, required }: RuleView): boolean {
  if (required.some(isPositive)) return true
  const derived = clauses.filter(({ isRequired }) => !isRequired)
  return derived.length > 0 && derived.every(isPositive)
}

/** LINT-36: a subject that its holder can shape lets it take the name of another. */
export function findChosenSubject({ view, issuer }: LintedRule): readonly Found[] {
  return view.uses.flatMap(({ path, place, target }) => {
    if (target !== undefined && !isPrivilege(target)) return []
    if (samePath(path, ['sub']) || isHeld(view, path) || !isChosen(issuer.profile, path)) return []
    const what = target === undefined ? 'the subject' : `the claim ${target}`
    return {
      severity: 'error' as const,
      path: place,
      message: `${what} is made of ${path.join('.')}, which its holder chooses`,
      fix: 'Use an id, or hold the claim to listed values under when.',
    }
  })
}

/** Names by which APIs commonly decide what a caller may do. */
function isPrivilege(name: string): boolean {
  return /(^|[_.-])(role|group|scope|permission|tenant|team|org|account|admin|level)s?($|[_.-])/i.test(
    name,
  )
}
