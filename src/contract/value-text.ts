/** A value or pattern that a claim is compared with, as a schema: how long it may be. */
import * as z from 'zod/mini'
import { MAX_PATTERN_CHARACTERS, MAX_SPIFFE_ID_BYTES } from './limits.ts'

/**
 * SPIFFE IDs alone may be longer than other values, as their standard demands. In a pattern that
 * is true of the text before the first star: matching costs the length of the rest (`pattern.ts`).
 */
export function longestValue(value: string): number {
  const star = value.indexOf('*')
  const isLongStar = star !== -1 && value.length - star > MAX_PATTERN_CHARACTERS
  const isSpiffeId = value.startsWith('spiffe://') && !isLongStar
  return isSpiffeId ? MAX_SPIFFE_ID_BYTES : MAX_PATTERN_CHARACTERS
}

export const text = z
  .string()
  .check(({ value, issues }) => {
    const maximum = longestValue(value)
    if (value.length <= maximum) return
    const size = { origin: 'string', maximum, inclusive: true, input: value } as const
    issues.push({ code: 'too_big', ...size, continue: true })
  })
  .register(z.globalRegistry, { maxLength: MAX_SPIFFE_ID_BYTES })
