/**
 * Whether a rule says well enough who the holder is: by ids that stay, by claims that its holder
 * cannot choose, and by what it is rather than by what it is not.
 */
import { samePath } from '../claim-path.ts'
import type { Condition } from '../compiled.ts'
import {
  claimOf,
  conditionsOn,
  type Found,
  isChosen,
  isPositive,
  type LintedRule,
  placeOf,
  textsOf,
} from './check.ts'

/** LINT-09: a name can be released and registered by somebody else; an id cannot. */
export function findNamesOnly({ rule, issuer, writes }: LintedRule): readonly Found[] {
  const { profile } = issuer
  const ids = [...profile.tenantClaims, ...profile.projectClaims].filter((path) => {
    const claim = claimOf(profile, path)
    return claim?.immutable === true && claim.class.startsWith('required')
  })
  if (ids.length === 0) return []
  const isPinned = ids.some((path) =>
    conditionsOn(rule, path).some(({ test }) => test.kind === 'any_of'),
  )
  if (isPinned || conditionsOn(rule, ['sub']).some(holdsIds)) return []
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
function holdsIds(condition: Condition): boolean {
  const texts = textsOf(condition)
  return texts.length > 0 && texts.every((text) => /^repo:[^@/:*]+@\d+\//.test(text))
}

/** LINT-12: outsiders write these values into their own projects. */
export function findChosenOnly({ rule, issuer }: LintedRule): readonly Found[] {
  const { profile } = issuer
  if (profile.claims === null) return []
  const positive = rule.conditions.filter(isPositive)
  const isDecided = positive.some(
    ({ pins, path }) =>
      pins !== undefined ||
      claimOf(profile, path)?.influence === 'none' ||
      claimOf(profile, path)?.influence === 'low',
  )
  if (positive.length === 0 || isDecided) return []
  if (positive.some(({ path }) => claimOf(profile, path) === undefined)) return []
  const names = positive.map(({ claim }) => claim).join(', ')
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
export function findNegativeOnly({ rule, issuer }: LintedRule): readonly Found[] {
  if (!rule.conditions.some(isPositive)) {
    return [
      {
        severity: 'error',
        path: ['when'],
        message: 'every condition only excludes: whatever nobody thought of passes',
        fix: 'Say which values are wanted.',
      },
    ]
  }
  return rule.conditions.flatMap((condition) => {
    const claim = claimOf(issuer.profile, condition.path)
    const isOptional = claim?.class === 'known' || claim?.class === 'optional_checked'
    if (condition.test.kind !== 'none_of' || !isOptional) return []
    if (conditionsOn(rule, condition.path).some(isPositive)) return []
    return {
      severity: 'info',
      path: placeOf(condition),
      message: `a token without ${condition.claim} is refused, and a value nobody thought of passes`,
      fix: 'List the values that are wanted.',
    }
  })
}

/** LINT-36: a subject that its holder can shape lets it take the name of another. */
export function findChosenSubject({ rule, issuer, grant }: LintedRule): readonly Found[] {
  const { profile } = issuer
  const isHeld = (path: readonly string[]) =>
    conditionsOn(rule, path).some(({ test }) => test.kind === 'any_of')
  const templates = [
    ...(grant.subject === undefined
      ? []
      : [{ template: grant.subject, place: ['grant', 'subject'], target: 'the subject' }]),
    ...grant.claims
      .filter(({ name }) => isPrivilege(name))
      .map(({ name, template }) => ({
        template,
        place: ['grant', 'claims', name],
        target: `the claim ${name}`,
      })),
  ]
  return templates.flatMap(({ template, place, target }) =>
    template.parts.flatMap((part) => {
      if (part.kind !== 'claim' || samePath(part.path, ['sub']) || isHeld(part.path)) return []
      if (!isChosen(profile, part.path)) return []
      return {
        severity: 'error' as const,
        path: place,
        message: `${target} is made of ${part.path.join('.')}, which its holder chooses`,
        fix: 'Use an id, or hold the claim to listed values under when.',
      }
    }),
  )
}

/** Names by which APIs commonly decide what a caller may do. */
function isPrivilege(name: string): boolean {
  return /(^|[_.-])(role|group|scope|permission|tenant|team|org|account|admin|level)s?($|[_.-])/i.test(
    name,
  )
}
