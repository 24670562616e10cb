/**
 * The schema of `when`: the conditions on one claim, and on all of them. The compiler checks whether
 * a claim exists and can have the value.
 */
import * as z from 'zod/mini'
import {
  MAX_CONDITIONS_PER_RULE,
  MAX_PATTERN_CHARACTERS,
  MAX_SPIFFE_ID_BYTES,
  MAX_VALUES_PER_CONDITION,
} from './limits.ts'
import { describe, refuseControlCharacters } from './text.ts'

/**
 * How many characters a value may have. Only SPIFFE IDs may be longer than other values, because their
 * standard requires it. In a pattern, only the text before the first star may be longer: the cost of
 * matching grows with the length of the rest (`pattern.ts`).
 */
export function longestValue(value: string): number {
  const star = value.indexOf('*')
  const isLongStar = star !== -1 && value.length - star > MAX_PATTERN_CHARACTERS
  const isSpiffeId = value.startsWith('spiffe://') && !isLongStar
  return isSpiffeId ? MAX_SPIFFE_ID_BYTES : MAX_PATTERN_CHARACTERS
}

const text = z
  .string()
  .check(({ value, issues }) => {
    const maximum = longestValue(value)
    if (value.length <= maximum) return
    const size = { origin: 'string', maximum, inclusive: true, input: value } as const
    issues.push({ code: 'too_big', ...size, continue: true })
  })
  .register(z.globalRegistry, { maxLength: MAX_SPIFFE_ID_BYTES })

const scalar = z.union([text, z.number(), z.boolean()])
const scalars = z.array(scalar).check(z.minLength(1), z.maxLength(MAX_VALUES_PER_CONDITION))

const least = describe(z.number(), 'The smallest value that matches.')
const most = describe(z.number(), 'The largest value that matches.')

const condition = describe(
  z.union([
    describe(scalar, 'The claim equals this value, in type and case.'),
    describe(scalars, 'The claim equals one of these values.'),
    describe(
      z.strictObject({
        not: describe(z.union([scalar, scalars]), 'A value, or a list of values.'),
      }),
      'The claim is present and has none of these values.',
    ),
    describe(
      z.strictObject({
        glob: describe(
          text.check(z.minLength(1)),
          'A pattern for the whole value, such as refs/tags/v*.',
          { maxLength: MAX_SPIFFE_ID_BYTES },
        ),
      }),
      '`*` stays within one segment between / and :, `**` crosses them.',
    ),
    describe(
      z.strictObject({
        contains: describe(
          z.union([scalar, scalars]),
          'A value that the list must contain, or several values that it must all contain.',
        ),
      }),
      'The claim is a list that contains these values.',
    ),
    describe(
      z.strictObject({ min: least, max: z.optional(most) }),
      'The claim is a number of at least min, and at most max if given.',
    ),
    describe(z.strictObject({ max: most }), 'The claim is a number of at most max.'),
    describe(
      z.strictObject({
        exists: describe(z.boolean(), 'true: the claim is present; false: it is absent.'),
      }),
      'The claim is present, or absent.',
    ),
  ]),
  'The condition on one claim of the verified token.',
  // It occurs several times in the schema of a document.
  { id: 'condition' },
)

/** A claim path may contain any character except control characters. Lint reports invisible ones. */
export const claimName = z
  .string()
  .check(z.minLength(1), z.maxLength(MAX_PATTERN_CHARACTERS), refuseControlCharacters)

export const conditions = describe(
  z.record(claimName, condition).check(
    z.refine((when) => Object.keys(when).length > 0, 'must have at least one condition'),
    z.refine(
      (when) => Object.keys(when).length <= MAX_CONDITIONS_PER_RULE,
      `must have at most ${MAX_CONDITIONS_PER_RULE} conditions`,
    ),
  ),
  'Conditions by claim; all must hold.',
)

export type ConditionSource = z.infer<typeof condition>
