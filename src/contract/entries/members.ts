/** Members that several entries of a trust document have: names, scopes, durations and moments. */
import * as z from 'zod/mini'
import { SCOPE_TOKEN } from '../../protocol/scope.ts'
import { parseMoment } from '../../web/moment.ts'
import { MAX_NAME_CHARACTERS, MAX_SCOPES_PER_RESOURCE } from '../limits.ts'
import { describe, refuseControlCharacters } from '../text.ts'

export const name = z
  .string()
  .check(
    z.maxLength(MAX_NAME_CHARACTERS),
    refuseControlCharacters,
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      'must be letters, digits, dots, dashes and underscores, and start with a letter or digit',
    ),
  )

const scope = describe(
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(MAX_NAME_CHARACTERS),
      refuseControlCharacters,
      z.regex(SCOPE_TOKEN, 'must be a scope token of RFC 6749 §3.3'),
    ),
  'A scope of the resource (RFC 6749 §3.3).',
)

export const duration = describe(
  z.string().check(z.regex(/^[1-9][0-9]{0,5}[smh]$/, 'must be a duration such as 90s, 10m or 1h')),
  'A duration: a whole number and s, m or h.',
)

export const moment = describe(
  z.string().check(
    z.regex(
      /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/,
      // `abort` skips the next check, so that only one message is reported.
      {
        error: 'must be a date such as 2027-03-31 or a UTC time such as 2027-03-31T12:00:00Z',
        abort: true,
      },
    ),
    z.refine((text) => parseMoment(text) !== undefined, 'is not a valid date'),
  ),
  'The last day (UTC) or the exact UTC time at which the rule ends.',
)

export const scopes = z.array(scope).check(z.minLength(1), z.maxLength(MAX_SCOPES_PER_RESOURCE))

/** An optional member with its description. */
export const maybe = <Schema extends z.ZodMiniType>(schema: Schema, description: string) =>
  describe(z.optional(schema), description)
