/** Answers from what the revocation log published: revoked tokens, and coarse revocations. */
import type { Revocations } from '../../../core/revocation-ports.ts'
import { hasPrefix, prefixOf, type RevocationSet } from '../../../core/tokens/revocation-set.ts'
import {
  type CoarseBound,
  type CoarseName,
  coarseNamesOf,
  lineageOf,
  type PublishedRevocations,
  type RevocableToken,
} from '../../../protocol/revocations.ts'
import type { ConfirmRevocation } from './confirm-revocation.ts'

type Before = PublishedRevocations['before']

export type Coarse = Pick<Revocations, 'hasCoarse' | 'findCoarse'>

export type JudgeToken = (token: RevocableToken) => boolean | Promise<boolean>

/** Of a value of an earlier release, which contains each `jti`. */
export function indexWhole({ tokens, before }: PublishedRevocations): JudgeToken {
  const revoked = new Set(Object.keys(tokens))
  const isIssuedBefore = indexBefore(before)
  return withAncestors((token) => revoked.has(token.jti) || isIssuedBefore(token))
}

/** Of sets of prefixes. `confirm` is called for each token of a set. */
export function indexSets(
  sets: readonly RevocationSet[],
  before: Before,
  confirm: ConfirmRevocation,
): JudgeToken {
  const isIssuedBefore = indexBefore(before)
  const hasAny = sets.some(({ byteLength }) => byteLength > 0)
  return withAncestors((token) => {
    if (isIssuedBefore(token)) return true
    if (!hasAny) return false
    const prefix = prefixOf(token.jti)
    return sets.some((set) => hasPrefix(set, prefix)) && confirm(token)
  })
}

/** A token is revoked if it or one of its ancestors is (REV-05). */
function withAncestors(judge: JudgeToken): JudgeToken {
  return (token) => {
    if (token.anc === undefined) return judge(token)
    const answers = lineageOf(token).map(judge)
    if (answers.includes(true)) return true
    return answers.every((answer) => answer === false) ? false : isAnyTrue(answers)
  }
}

async function isAnyTrue(answers: readonly (boolean | Promise<boolean>)[]): Promise<boolean> {
  return (await Promise.all(answers)).includes(true)
}

function indexBefore(before: Before): (token: RevocableToken) => boolean {
  const bounds = new Map<string, number>()
  for (const { grain, id, before: bound } of before) {
    // A name without an id means every one of its grain.
    for (const name of [nameOf([grain, id]), grain]) {
      bounds.set(name, Math.max(bounds.get(name) ?? 0, bound))
    }
  }
  const isIssuedBefore = (token: RevocableToken) =>
    coarseNamesOf(token).some((name) => token.iat < (bounds.get(nameOf(name)) ?? 0))
  return (token) => bounds.size > 0 && isIssuedBefore(token)
}

/** Finds coarse revocations by their names. */
export function indexCoarse(before: Before): Coarse {
  const bounds = new Map<string, CoarseBound[]>()
  for (const bound of before) {
    for (const name of [nameOf([bound.grain, bound.id]), bound.grain]) {
      const others = bounds.get(name)
      if (others === undefined) bounds.set(name, [bound])
      else others.push(bound)
    }
  }
  return {
    hasCoarse: before.length > 0,
    findCoarse: (names) => names.flatMap((name) => bounds.get(nameOf(name)) ?? []),
  }
}

/** Joins grain and id into one key. No grain contains a space, so the key is unique. */
function nameOf([grain, id]: CoarseName): string {
  return id === undefined ? grain : `${grain} ${id}`
}
