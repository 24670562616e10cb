/** Checks of the scopes, the lifetime, the budget, the templates and the expiry of a rule. */
import { samePath } from '../../../core/policy/language/claim-path.ts'
import {
  type ClaimMember,
  type ClaimTree,
  listTemplates,
} from '../../../core/policy/language/claim-tree.ts'
import type { Template } from '../../../core/policy/language/template.ts'
import {
  claimOf,
  type Found,
  isChosen,
  type LintedRule,
  namesHolder,
  wildcardOf,
} from '../check.ts'

const HOUR_SECONDS = 3600

/** LINT-32: unlimited scopes, or a long lifetime for holders that a wildcard matches. */
export function findWideGrants({ view, grant }: LintedRule): readonly Found[] {
  const wide = grant.scopes.flatMap((scope, index) => {
    if (
      !/\*|(?:^|[:./_-])(?:admin|administrator|root|superuser)$|^(?:admin|root)[:./]/i.test(scope)
    )
      return []
    return {
      severity: 'error' as const,
      path: ['grant', 'scopes', index],
      message: `${scope} grants access to everything`,
      fix: 'Grant only the scopes that the job needs.',
    }
  })
  const wildcard = view.clauses.find((condition) => wildcardOf(condition) !== undefined)
  if (grant.lifetimeSeconds <= HOUR_SECONDS || wildcard === undefined) return wide
  return [
    ...wide,
    {
      severity: 'error',
      path: ['grant', 'lifetime'],
      message: `every holder that "${wildcardOf(wildcard)}" matches gets a token for more than an hour`,
      fix: 'Shorten the lifetime, or name the holder exactly.',
    },
  ]
}

const YEAR_SECONDS = 366 * 24 * 3600

/** LINT-35: a rule without review can outlive its purpose. */
export function findUntended({ rule, at }: LintedRule): readonly Found[] {
  const found: Found[] = []
  if (rule.description === undefined) {
    found.push({
      severity: 'info',
      path: [],
      message: 'the rule has no description',
      fix: 'Describe the purpose of the rule.',
    })
  }
  if (at === undefined) return found
  if (rule.expiresAt <= at) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'the rule has expired and grants nothing',
      fix: 'Renew it, or remove it.',
    })
  } else if (rule.expiresAt > at + YEAR_SECONDS) {
    found.push({
      severity: 'warn',
      path: ['expires'],
      message: 'the rule needs no review for more than a year',
      fix: 'Set an expiry within a year, which the owner can extend.',
    })
  }
  return found
}

/** Claims of which each token has its own value, so a job with several tokens has several. */
const OF_ONE_TOKEN: ReadonlySet<string> = new Set([
  'jti',
  'uti',
  'nonce',
  'iat',
  'nbf',
  'exp',
  'auth_time',
])

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
  if (OF_ONE_TOKEN.has(claim)) {
    const message = `each token has another ${claim}, so a job gets a budget for each token that it requests`
    return [{ ...found, severity: 'error', message }]
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

/** A claim as shells (`$name`, `$(name)`, `%name%`) and usage texts (`<name>`) mark it. */
const MARKED_NAME = /\$\(([\w.-]+)\)|\$([\w.-]*\w)|<([\w.-]+)>|%([\w.-]+)%/g

/** LINT-51: a placeholder in the syntax of another tool is text of the issued token. */
export function findForeignPlaceholder({ grant, issuer }: LintedRule): readonly Found[] {
  const { subject, claims } = grant
  const names = new Set((issuer.profile.claims ?? []).map(({ path }) => path.join('.')))
  const inSubject = subject === undefined ? [] : [{ template: subject, path: ['subject'] }]
  const inClaims = listTemplates(claims).map(({ template, path }) => ({
    template,
    path: ['claims', ...path],
  }))
  const inTexts = [...inSubject, ...inClaims].flatMap(({ template, path }): readonly Found[] => {
    const found = findMarkBeforeBrace(template) ?? findMarkedName(template, names)
    return found === undefined ? [] : [{ ...found, path: ['grant', ...path] }]
  })
  return [...inTexts, ...findInNames(claims, names, ['grant', 'claims'])]
}

/** The name of an issued claim has no placeholders, also none in braces. */
function findInNames(
  members: readonly ClaimMember[],
  names: ReadonlySet<string>,
  holder: Found['path'],
): readonly Found[] {
  return members.flatMap(({ name, value }) => {
    const path = [...holder, name]
    const inner = listMembers(value, path).flatMap((one) =>
      findInNames(one.members, names, one.path),
    )
    const [braced] = /[$%]?\{[^{}]*\}/.exec(name) ?? []
    const marked = [...name.matchAll(MARKED_NAME)].find(([, ...groups]) =>
      groups.some((group) => group !== undefined && names.has(group)),
    )
    const placeholder = braced ?? marked?.[0]
    if (placeholder === undefined) return inner
    const message = `${placeholder} in the name of a claim is no placeholder, and is issued as it is written`
    const fix = 'Write the name in full. Only the value of a claim has placeholders.'
    return [{ severity: 'warn' as const, path, message, fix }, ...inner]
  })
}

/** The objects in the value of a claim, also those in a list. */
function listMembers(
  value: ClaimTree,
  path: Found['path'],
): readonly { readonly members: readonly ClaimMember[]; readonly path: Found['path'] }[] {
  if (value.kind === 'object') return [{ members: value.members, path }]
  if (value.kind !== 'list') return []
  return value.items.flatMap((item, index) => listMembers(item, [...path, index]))
}

type Literal = Pick<Found, 'severity' | 'message' | 'fix'>

function findMarkBeforeBrace({ parts }: Template): Literal | undefined {
  const index = parts.findIndex(
    (part, at) => part.kind === 'text' && /[$%]$/.test(part.text) && at + 1 < parts.length,
  )
  const part = parts[index]
  if (part?.kind !== 'text') return undefined
  const mark = part.text.at(-1)
  return {
    severity: 'warn',
    message: `the ${mark} before a placeholder becomes a part of the issued text`,
    fix: `Remove the ${mark}. A placeholder is a claim in braces alone.`,
  }
}

/** Only for claims that the provider has. Other words can be meant as text. */
function findMarkedName({ parts }: Template, names: ReadonlySet<string>): Literal | undefined {
  for (const part of parts) {
    if (part.kind !== 'text') continue
    for (const [marked, ...groups] of part.text.matchAll(MARKED_NAME)) {
      const name = groups.find((group) => group !== undefined)
      if (name === undefined || !names.has(name)) continue
      return {
        severity: 'warn',
        message: `${marked} is no placeholder, and is issued as it is written`,
        fix: `Write {${name}} for the value of the claim.`,
      }
    }
  }
  return undefined
}
