/** The texts of a trust document, and helpers for the schemas of this folder. */
import * as z from 'zod/mini'
import { codePointOf, nameControlCharacter } from '../web/text/control-characters.ts'
import {
  MAX_PATTERN_CHARACTERS,
  MAX_REVISION_MESSAGE_CHARACTERS,
  MAX_TRUST_DOMAIN_CHARACTERS,
} from './limits.ts'

/**
 * Refuses control characters, line separators and lone surrogates. No readable claim contains one
 * (CLM-11), and a terminal or a log could interpret it (ADM-13).
 */
export function refuseControlCharacters(payload: z.core.ParsePayload<string>): void {
  const { value, issues } = payload
  const control = nameControlCharacter(value)
  if (control === undefined) return
  issues.push({
    code: 'custom',
    input: value,
    message: `has ${control}: remove it`,
    // Other problems of this text would follow from this one, so only this one is reported.
    continue: false,
  })
}

/** For `safeParse`: `zod/mini` has no messages of its own, so these are used by default. */
export const IN_ENGLISH = { error: describeFault }

function describeFault(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    case 'too_small':
      if (isNumber(issue)) return `must be at least ${issue.minimum}`
      return issue.minimum === 1 ? 'must not be empty' : `must have at least ${sizeOf(issue)}`
    case 'too_big':
      if (isNumber(issue)) return `must be at most ${issue.maximum}`
      return `must have at most ${sizeOf(issue)}`
    default:
      return 'is not valid'
  }
}

type Size = { readonly origin: string; readonly minimum?: unknown; readonly maximum?: unknown }

/** The origin of a limit that `z.int` has by itself is `int`. */
const isNumber = ({ origin }: Size) => origin === 'number' || origin === 'int'

function sizeOf({ origin, minimum, maximum }: Size): string {
  return `${minimum ?? maximum} ${origin === 'string' ? 'characters' : 'items'}`
}

/** The same schema with a description, which goes into the JSON Schema. */
export function describe<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
): Schema {
  const described = schema.clone()
  z.globalRegistry.add(described, { description, ...more })
  return described
}

/**
 * Printable text on one line. A control, bidirectional or zero-width character could forge what a
 * terminal or a page shows (ADM-13).
 */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+$/u

const describeHidden = (text: string) => {
  const [character] = text.match(/[\p{Cf}]/u) ?? []
  const hidden = character === undefined ? '' : `: remove the invisible ${codePointOf(character)}`
  return `must be plain text on one line${hidden}`
}

export const plainText = (limit: number) =>
  z.string().check(
    // Without `abort`, an empty text would also be refused as text that is not plain.
    z.minLength(1, { abort: true }),
    z.maxLength(limit),
    refuseControlCharacters,
    z.regex(PLAIN_TEXT, { error: ({ input }) => describeHidden(String(input)) }),
  )

/** A whole number from 0: a count, a place in a sequence, or a time since the epoch. */
export const wholeNumber = z.int().check(z.nonnegative())

/** Why somebody applied a trust document: the parameter `message` of `PUT /admin/v1/trust`. */
export const revisionMessageSchema = plainText(MAX_REVISION_MESSAGE_CHARACTERS)

export const boundedText = (limit: number) =>
  z.string().check(z.minLength(1), z.maxLength(limit), refuseControlCharacters)

/** The source of a template. */
export const template = boundedText(MAX_PATTERN_CHARACTERS)

/** The name of a SPIFFE trust domain (SPIFFE-ID §2.1). */
export const TRUST_DOMAIN = /^[a-z0-9._-]+$/

export function isTrustDomain(name: string): boolean {
  return TRUST_DOMAIN.test(name) && name.length <= MAX_TRUST_DOMAIN_CHARACTERS
}
