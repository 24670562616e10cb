/** Checks of what people look after: the ends of rules, their owners, and unused entries. */
import type { Rule } from '../../core/policy/compile/compiled.ts'
import { isWriteScope } from '../lint/check.ts'
import {
  countOf,
  daysBetween,
  type Found,
  type LiveRule,
  liveRules,
  type PostureInput,
  placeOf,
} from './examined.ts'
import {
  POSTURE_ENDING_SECONDS,
  POSTURE_ENDING_SOON_SECONDS,
  POSTURE_OWNER_RESOURCES,
  POSTURE_OWNER_RULES,
} from './limits.ts'

/** POS-04 and POS-05. */
export function findEnds({ trust, at }: PostureInput): readonly Found[] {
  return trust.rules.flatMap((rule): readonly Found[] => {
    const left = rule.expiresAt - at
    if (left > POSTURE_ENDING_SECONDS) return []
    const isDeny = rule.grant === undefined
    if (left <= 0) {
      const what = isDeny ? 'refuses' : 'grants'
      return [
        {
          ...{ id: 'POS-05', severity: isDeny ? 'warn' : 'info', ...placeOf(rule) },
          message: `it ended ${countOf(daysBetween(rule.expiresAt, at), 'day')} ago and ${what} nothing`,
          fix: 'Remove the rule, or renew it: edgemint rules renew.',
        },
      ]
    }
    const isSoon = left <= POSTURE_ENDING_SOON_SECONDS
    return [
      {
        ...{ id: 'POS-04', severity: isSoon ? 'warn' : 'info', ...placeOf(rule) },
        message: `it ends in ${left < 86_400 ? 'less than a day' : countOf(daysBetween(at, rule.expiresAt), 'day')}`,
        fix: `Ask ${rule.owner ?? 'who wrote it'} whether it is still needed, then renew it: edgemint rules renew.`,
      },
    ]
  })
}

/** POS-06 and POS-07. */
export function findOwners(input: PostureInput): readonly Found[] {
  const live = new Map<string, LiveRule[]>()
  for (const rule of liveRules(input)) {
    const owner = rule.owner ?? ''
    const own = live.get(owner)
    if (own === undefined) live.set(owner, [rule])
    else own.push(rule)
  }
  const { rules } = input.trust
  const owners = new Set(rules.flatMap(({ owner }) => owner ?? []))
  const granting = new Set(
    rules.filter(({ grant }) => grant !== undefined).map(({ owner }) => owner),
  )
  return [
    ...rules.filter(({ owner }) => owner === undefined).map(describeUnowned),
    ...[...owners].flatMap((owner): readonly Found[] => {
      const subject = { kind: 'owner', name: owner } as const
      const own = live.get(owner)
      if (own !== undefined) return findTooMuch(subject, own)
      // An owner of deny rules only has no rule that grants, and is not idle.
      if (!granting.has(owner)) return []
      return [
        {
          ...{ id: 'POS-06', severity: 'info', subject },
          message: 'none of the rules of this owner can grant now',
          fix: 'Remove the rules, or find out who looks after them.',
        },
      ]
    }),
  ]
}

function describeUnowned(rule: Rule): Found {
  return {
    ...{ id: 'POS-06', severity: 'info', ...placeOf(rule) },
    message: 'it has no owner who can say whether it is still needed',
    fix: 'Set owner to a person or a team.',
  }
}

function findTooMuch(subject: Found['subject'], own: readonly LiveRule[]): readonly Found[] {
  const writing = own.filter(({ grant }) => grant.scopes.some(isWriteScope))
  const resources = new Set(writing.map(({ grant }) => grant.resource))
  if (resources.size <= POSTURE_OWNER_RESOURCES && own.length <= POSTURE_OWNER_RULES) return []
  return [
    {
      ...{ id: 'POS-07', severity: 'info', subject },
      message: `owns ${countOf(own.length, 'rule')}, with write access to ${countOf(resources.size, 'resource')}`,
      fix: 'Give the rules to the teams whose workloads use them.',
    },
  ]
}

/** POS-15: an issuer or a resource that no rule uses. */
export function findUnreferenced({ trust }: PostureInput): readonly Found[] {
  const issuers = new Set(trust.rules.flatMap(({ from, actingAs }) => [from, actingAs?.from]))
  const resources = new Set(trust.rules.map(({ grant }) => grant?.resource))
  const describe = (kind: 'issuer' | 'resource', name: string): Found => ({
    ...{ id: 'POS-15', severity: 'info', subject: { kind, name }, path: [`${kind}s`, name] },
    message: kind === 'issuer' ? 'no rule is from this issuer' : 'no rule grants this resource',
    fix: 'Remove the entry, unless its rules are still to come.',
  })
  return [
    ...[...trust.issuers.values()]
      .filter(({ name }) => !issuers.has(name))
      .map(({ name }) => describe('issuer', name)),
    ...[...trust.resources.values()]
      .filter(({ uri }) => !resources.has(uri))
      .map(({ uri }) => describe('resource', uri)),
  ]
}
