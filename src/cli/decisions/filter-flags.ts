/** The flags that choose decisions, for `decisions list` and `decisions follow`. */

import type { Question } from '../../analysis/in-house.ts'
import type { DocumentProblem } from '../../contract/admin.ts'
import { DECISION_OUTCOMES } from '../../contract/decisions/record.ts'
import { parseDecisionSearch, periodOf } from '../../contract/decisions/search.ts'
import type { Flags, Values } from '../shell/command.ts'
import { type CommandFailure, usageFailure } from '../shell/failure.ts'
import { choicesOf, parseChoice } from '../shell/flags.ts'
import { adminFlags } from '../trust/admin-flags.ts'

export const READ_FLAGS = adminFlags('the scope `decisions:read`')

export const PERIOD_FLAGS = {
  from: {
    value: 'TIME',
    about: 'the start: UTC such as `2026-12-01` or `2026-12-01T12:00:00Z`, or epoch seconds',
    default: '366 days before the end',
  },
  to: { value: 'TIME', about: 'the end; a date means the end of that day', default: 'now' },
} as const satisfies Flags

export const FILTER_FLAGS = {
  rule: { value: 'NAME', about: 'decided by this rule' },
  issuer: { value: 'NAME', about: 'about tokens of this issuer, by its name in the document' },
  subject: { value: 'SUB', about: 'about tokens with this `sub`' },
  actor: {
    value: 'SUB',
    about: 'in which the holder of a token with this `sub` acts for the subject',
  },
  claim: {
    value: 'PATH=VALUE',
    about:
      'with this recorded claim: `repository_id=42`, `head_ref=` for an empty text, `["kubernetes.io","namespace"]=prod` for exact names',
    repeats: true,
  },
  resource: {
    value: 'URI',
    about: 'for this resource, or denied when it was asked for; as the document spells it',
  },
  outcome: {
    value: 'OUTCOME',
    about: DECISION_OUTCOMES.map((outcome) => `\`${outcome}\``).join(', '),
    completes: DECISION_OUTCOMES,
  },
  reason: { value: 'REASON', about: 'denied for this [reason](errors.md)' },
  'token-id': { value: 'ID', about: 'that issued the token with this `jti`' },
} as const satisfies Flags

/**
 * Refuses an outcome that no decision has. The gateway checks the reason, because a newer one has more
 * of them.
 */
export function checkFilters({ outcome }: Partial<Values<typeof FILTER_FLAGS>>): void {
  if (outcome !== undefined) parseChoice('--outcome', outcome, choicesOf(DECISION_OUTCOMES))
}

/**
 * Refuses a question that the gateway would refuse, before anything is sent: a time or a claim that is
 * invalid, a period that is reversed or too long. Returns the end of the period in epoch milliseconds,
 * if it was given.
 */
export function checkQuestion(question: Question): number | undefined {
  const parameters = new URLSearchParams(question.map(([name, value]) => [name, value]))
  const parsed = parseDecisionSearch(parameters)
  if (!parsed.ok) throw refuseParameters(parsed.error)
  const { filter } = parsed.value
  const period = periodOf(filter, Date.now())
  if (!period.ok) throw refuseParameters([period.error])
  return filter.to
}

function refuseParameters(problems: readonly DocumentProblem[]): CommandFailure {
  const sentences = problems.map(({ path, message }) => {
    const flag = `--${String(path[0]).replaceAll('_', '-')}`
    return `${flag} ${message.replaceAll(/`(to|outcome)`/g, '--$1')}`
  })
  return usageFailure(sentences.join('; '))
}

/** Returns the parameters of the admin API for these flags. */
export function askFor(
  values: Partial<Values<typeof FILTER_FLAGS & typeof PERIOD_FLAGS>>,
): Question {
  const { claim = [], 'token-id': tokenId, ...rest } = values
  const names = [
    'from',
    'to',
    'rule',
    'issuer',
    'subject',
    'actor',
    'resource',
    'outcome',
    'reason',
  ] as const
  const members = names.flatMap((name): Question => {
    const value = rest[name]
    return value === undefined ? [] : [[name, value]]
  })
  const ofToken: Question = tokenId === undefined ? [] : [['token_id', tokenId]]
  return [...members, ...ofToken, ...claim.map((text) => ['claim', text] as const)]
}
