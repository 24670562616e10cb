/** The schema of a value or pattern that a claim is compared with. It limits the length. */
import * as z from 'zod/mini'
import { MAX_PATTERN_CHARACTERS, MAX_SPIFFE_ID_BYTES } from './limits.ts'

/**
 * The longest length of a value. Only SPIFFE IDs may be longer than other values, because their
 * standard requires it. In a pattern, only the text before the first star may be longer: the cost of
 * matching grows with the length of the rest (`pattern.ts`).
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
