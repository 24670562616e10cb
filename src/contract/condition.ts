/**
 * What a rule may say about one claim, and about all of them: the part of the language that stands
 * under `when`. Whether a claim exists and can have the value is the compiler's question.
 */
import * as z from 'zod'
import {
  MAX_CONDITIONS_PER_RULE,
  MAX_PATTERN_CHARACTERS,
  MAX_SPIFFE_ID_BYTES,
  MAX_VALUES_PER_CONDITION,
} from './limits.ts'
import { refuseControlCharacters } from './text.ts'
import { text } from './value-text.ts'

const scalar = z.union([text, z.number(), z.boolean()])
const scalars = z.array(scalar).min(1).max(MAX_VALUES_PER_CONDITION)

const least = z.number().meta({ description: 'The least it may be.' })
const most = z.number().meta({ description: 'The most it may be.' })

const condition = z
  .union([
    scalar.meta({ description: 'Equality, by type and case.' }),
    scalars.meta({ description: 'Any of these values.' }),
    z
      .strictObject({
        not: z.union([scalar, scalars]).meta({ description: 'A value, or a list of values.' }),
      })
      .meta({ description: 'The claim is present and has none of these values.' }),
    z
      .strictObject({
        glob: text.min(1).meta({
          description: 'A pattern for the whole value, such as refs/tags/v*.',
          maxLength: MAX_SPIFFE_ID_BYTES,
        }),
      })
      .meta({ description: '`*` stays within one segment between / and :, `**` crosses them.' }),
    z
      .strictObject({
        contains: z
          .union([scalar, scalars])
          .meta({ description: 'A value the list must hold, or several that it must all hold.' }),
      })
      .meta({ description: 'The claim is a list that holds this.' }),
    z
      .strictObject({ min: least, max: most.optional() })
      .meta({ description: 'The claim is a number of at least min, and at most max if given.' }),
    z.strictObject({ max: most }).meta({ description: 'The claim is a number of at most max.' }),
    z
      .strictObject({
        exists: z.boolean().meta({ description: 'true: it is there; false: it is not.' }),
      })
      .meta({ description: 'The claim is present, or absent.' }),
  ])
  .meta({ description: 'What one claim of the verified subject token must be.' })

/** A claim path may hold any character that can be seen in it or named by lint. */
const claimName = z.string().min(1).max(MAX_PATTERN_CHARACTERS).check(refuseControlCharacters)

export const conditions = z
  .record(claimName, condition)
  .refine((when) => Object.keys(when).length > 0, 'must have at least one condition')
  .refine(
    (when) => Object.keys(when).length <= MAX_CONDITIONS_PER_RULE,
    `must have at most ${MAX_CONDITIONS_PER_RULE} conditions`,
  )
  .meta({ description: 'Conditions by claim; all must hold.' })

export type ConditionSource = z.infer<typeof condition>
