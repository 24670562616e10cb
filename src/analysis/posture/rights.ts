/** Checks of rights against their use: rules and scopes without use, and lifetimes. */
import type { PostureSeverity, UsedRight } from '../../contract/posture/report.ts'
import type { RuleSource } from '../../contract/trust-document.ts'
import {
  countOf,
  daysBetween,
  type Found,
  type LiveRule,
  liveRules,
  type PostureInput,
  placeOf,
  readSources,
  usageByRule,
} from './examined.ts'
import { POSTURE_OUTLIVED_SECONDS } from './limits.ts'

const DAY_SECONDS = 86_400

/** POS-01, POS-02 and POS-03. Nothing can be said about use if a part of it is missing. */
export function findUnused(input: PostureInput): readonly Found[] {
  const { at, unusedDays, usage } = input
  if (usage.state !== 'on' || usage.since === null) return []
  const days = daysBetween(usage.since, at)
  const isYoung = days < unusedDays
  const known =
    days === 0
      ? 'since the log began, less than a day ago'
      : `in the ${countOf(days, 'day')} that the log has`
  // A young log cannot tell an unused right from one that is used once a month.
  const severity: PostureSeverity = isYoung ? 'info' : 'warn'
  const usedBy = usageByRule(input)
  const sources = readSources(input.document)
  return liveRules(input).flatMap((rule): readonly Found[] => {
    const used = usedBy(rule)
    const place = placeOf(rule)
    if (used.length === 0) {
      return [
        {
          ...{ id: 'POS-01', severity, ...place },
          message: `no token was issued through it ${known}`,
          fix: 'Remove the rule, unless its workload is new or runs seldom.',
        },
      ]
    }
    const idle = daysBetween(Math.max(...used.map((right) => right.last_at)), at)
    if (idle >= unusedDays) {
      return [
        {
          ...{ id: 'POS-02', severity: 'warn', ...place },
          message: `it was last used ${countOf(idle, 'day')} ago`,
          fix: 'Ask its owner whether the workload still exists, and remove the rule if it does not.',
        },
      ]
    }
    return findUnusedScopes(input, {
      rule,
      source: sources.get(rule.name)?.rule,
      used,
      severity,
      known,
    })
  })
}

type UsedRule = {
  readonly rule: LiveRule
  readonly source: RuleSource | undefined
  readonly used: readonly UsedRight[]
  readonly severity: PostureSeverity
  /** Since when its use is known, in words. */
  readonly known: string
}

/** POS-03: the narrower rule has the scopes that a token had within the period. */
function findUnusedScopes(
  input: PostureInput,
  { rule, source, used, severity, known }: UsedRule,
): readonly Found[] {
  const { at, unusedDays } = input
  const start = at - unusedDays * DAY_SECONDS
  const recent = new Set(used.filter((right) => right.last_at > start).map(({ scope }) => scope))
  const { scopes } = rule.grant
  const kept = scopes.filter((scope) => recent.has(scope))
  const unused = scopes.filter((scope) => !recent.has(scope))
  // Tokens without a scope show that the rule is used, and not which of its scopes.
  if (unused.length === 0 || kept.length === 0) return []
  const ever = new Set(used.map(({ scope }) => scope))
  const since = unused.some((scope) => ever.has(scope))
    ? `for ${countOf(unusedDays, 'day')}`
    : known
  return [
    {
      ...{ id: 'POS-03', severity, ...placeOf(rule) },
      message: `no token had ${unused.join(', ')} ${since}`,
      fix: `Grant only ${kept.join(', ')}.`,
      ...(source === undefined ? {} : withGrant(source, { scopes: kept })),
    },
  ]
}

/** POS-08: the end of the subject token is the last moment that the platform vouches for. */
export function findLongLives(input: PostureInput): readonly Found[] {
  const usedBy = usageByRule(input)
  const sources = readSources(input.document)
  return liveRules(input).flatMap((rule): readonly Found[] => {
    const outlived = Math.max(0, ...usedBy(rule).map((right) => right.outlived_seconds ?? 0))
    if (outlived <= POSTURE_OUTLIVED_SECONDS) return []
    const { lifetimeSeconds } = rule.grant
    const minutes = Math.floor((lifetimeSeconds - outlived) / 60)
    const source = minutes < 1 ? undefined : sources.get(rule.name)?.rule
    const lifetime = `${minutes}m`
    const budget = rule.grant.budget === undefined ? '' : ' Each renewal counts in its budget.'
    return [
      {
        ...{ id: 'POS-08', severity: 'warn', ...placeOf(rule) },
        message: `a token was valid for ${countOf(Math.ceil(outlived / 60), 'minute')} after the end of the subject token`,
        fix: `Shorten the lifetime${source === undefined ? '' : ` to ${lifetime}`}: exec, proxy and the SDK renew tokens while the job runs.${budget}`,
        ...(source === undefined ? {} : withGrant(source, { lifetime })),
      },
    ]
  })
}

function withGrant(source: RuleSource, change: object): Pick<Found, 'narrower'> {
  if (!('grant' in source)) return {}
  return { narrower: { ...source, grant: { ...source.grant, ...change } } }
}
