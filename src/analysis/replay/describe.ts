/** The sentences about a replay that text and Markdown share. */
import type { ReplayedResult } from './compare-outcomes.ts'
import type { ReplayReport } from './replay.ts'

/** Identities that text and Markdown show of each kind. JSON has all of them. */
export const MAX_SHOWN = 20

export const KINDS = [
  ['loses', 'lose access'],
  ['gains', 'gain access'],
  ['changes', 'get another token'],
] as const

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

export function describeResult(result: ReplayedResult): string {
  if ('denied' in result) return `denied: ${result.denied}`
  const { rule, scopes, lifetime_seconds: lifetime, subject, replay } = result.granted
  const as = subject === undefined ? '' : `, as ${subject}`
  const uses = replay === undefined ? '' : `, replay: ${replay}`
  return `granted by ${rule}: ${scopes.join(' ')}, ${lifetime} s${as}${uses}`
}

export function describeClaims(claims: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(claims)
    .map(([name, value]) => `${name}=${text(value)}`)
    .join(' ')
}

/** What the replay does not tell, one sentence each. */
export function describeGaps({ inexact, skipped }: ReplayReport): readonly string[] {
  const { decisions, missing } = inexact
  const names = Object.entries(missing).map(([name, number]) => `${name} (${number})`)
  return [
    ...(decisions === 0
      ? []
      : [
          `${count(decisions, 'decision')} cannot be replayed exactly; their records lack: ${names.join(', ')}`,
        ]),
    ...(skipped.unverified === 0
      ? []
      : [
          `${count(skipped.unverified, 'decision')} ended before a rule was read, such as for an issuer that is not trusted`,
        ]),
    ...(skipped.admin === 0
      ? []
      : [`${count(skipped.admin, 'decision')} of administrators, which no document changes`]),
  ]
}
