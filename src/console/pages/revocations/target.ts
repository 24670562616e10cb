/** What the user wants to revoke, from what he typed, as the body of a request. */
import type { CoarseGrain } from '../../../protocol/revocations.ts'
import { REVOCATIONS } from '../../texts/revocations.ts'

export type Grain = 'token' | CoarseGrain

export const GRAINS = ['token', 'subject', 'rule', 'issuer', 'key', 'all'] as const

/** What names one token: the token itself, its `jti`, or the decision that issued it. */
type TokenName = 'token' | 'jti' | 'decision'

export type Target =
  | { readonly [name in TokenName]?: string }
  | { readonly [name in Exclude<CoarseGrain, 'all'>]?: string }
  | { readonly all: true }

/** Undefined if nothing is named. */
export function readTarget(grain: Grain, typed: string): Target | undefined {
  const text = typed.trim()
  if (grain === 'all') return { all: true }
  if (text === '') return undefined
  return grain === 'token' ? { [nameToken(text)]: text } : { [grain]: text }
}

function nameToken(text: string): TokenName {
  if (text.startsWith('dec_')) return 'decision'
  return text.includes('.') ? 'token' : 'jti'
}

/** What must be typed before everything is revoked. */
export const CONFIRM_WORD = 'revoke everything'

/** Whether the confirmation was typed. The case and the space around it do not matter. */
export function isConfirmed(typed: string): boolean {
  return typed.trim().replace(/\s+/g, ' ').toLowerCase() === CONFIRM_WORD
}

/** Such as `Rule deploy`. */
export function describeTarget(grain: string, id: string): string {
  const known = GRAINS.find((one) => one === grain)
  if (known === 'all') return REVOCATIONS.everything
  return `${known === undefined ? grain : REVOCATIONS.grains[known]} ${id}`
}
