/** Checks of subjects that a consumer can refuse for their length or their characters. */

import { countCharacters } from '../../../core/policy/consumer/measure.ts'
import { countBytes, type Template } from '../../../core/policy/language/template.ts'
import type { Found, LintedRule } from '../check.ts'
import { pinnedValues, presetOf } from './preset-of.ts'

/** As long as SHA-256 in hex. */
const HASH = '0'.repeat(64)
/** The longest result of a template without a limit of the consumer. */
const USUAL_MAX_BYTES = 255

type Bounds = {
  readonly leastCharacters: number
  /** Infinity if a claim is not pinned. */
  readonly mostBytes: number
  /** The first claim without listed values. */
  readonly open: string | undefined
}

/** LINT-42: a subject that can be too long or too short for the consumer. */
export function findSubjectLength(linted: LintedRule): readonly Found[] {
  const preset = presetOf(linted)
  const { subject } = linted.grant
  if (preset === undefined || subject === undefined) return []
  const { minCharacters = 0, maxBytes = USUAL_MAX_BYTES } = preset.subject
  const { leastCharacters, mostBytes, open } = boundsOf(subject, linted)
  const path = ['grant', 'subject']
  const found: Found[] = []
  if (maxBytes < USUAL_MAX_BYTES && mostBytes > maxBytes) {
    const why = open === undefined ? '' : `: the rule does not list the values of ${open}`
    found.push({
      severity: 'info',
      path,
      message: `the subject can be longer than the ${maxBytes} bytes that ${preset.name} accepts${why}`,
      fix: 'Pin the claim under when, or use {claim|sha256}.',
    })
  }
  if (leastCharacters < minCharacters) {
    found.push({
      severity: 'info',
      path,
      message: `the subject can be shorter than the ${minCharacters} characters that ${preset.name} requires`,
      fix: 'Begin the template with a text, such as the name of the platform.',
    })
  }
  return found
}

/** The shortest value of a claim that is not pinned. */
const ANY: readonly string[] = ['x']

/** What a part of a template can render to. */
function describePart(part: Template['parts'][number], linted: LintedRule): readonly string[] {
  if (part.kind === 'text') return [part.text]
  if (part.kind === 'decision_id') return ANY
  if (part.hashed) return [HASH]
  return pinnedValues(linted, part.path) ?? ANY
}

function boundsOf({ parts }: Template, linted: LintedRule): Bounds {
  let leastCharacters = 0
  let mostBytes = 0
  let open: string | undefined
  for (const part of parts) {
    const values = describePart(part, linted)
    leastCharacters += Math.min(...values.map(countCharacters))
    mostBytes += values === ANY ? Number.POSITIVE_INFINITY : Math.max(...values.map(countBytes))
    if (values === ANY && part.kind === 'claim') open ??= part.claim
  }
  return { leastCharacters, mostBytes, open }
}

/** LINT-43: a claim that can bring a character or a start that the consumer does not accept. */
export function findSubjectCharacters(linted: LintedRule): readonly Found[] {
  const preset = presetOf(linted)
  const { subject } = linted.grant
  if (preset === undefined || subject === undefined) return []
  const { values: accepted, reservedPrefix } = preset.subject
  const path = ['grant', 'subject']
  return subject.parts.flatMap((part, index) => {
    if (part.kind !== 'claim' || part.hashed) return []
    const values = pinnedValues(linted, part.path)
    const isOpen = (isSafe: (value: string) => boolean) => values?.every(isSafe) !== true
    if (accepted !== undefined && isOpen((value) => accepted.test(value))) {
      const message = `${part.claim} can have a character that ${preset.name} does not accept in a subject`
      const fix = `Pin ${part.claim} under when, or use {${part.claim}|sha256}.`
      return [{ severity: 'info' as const, path, message, fix }]
    }
    const isStart = index === 0 && reservedPrefix !== undefined
    if (isStart && isOpen((value) => !reservedPrefix.startsWith(value))) {
      const message = `the subject can begin with ${reservedPrefix}, which ${preset.name} reserves`
      const fix = 'Begin the template with a text, such as the name of the platform.'
      return [{ severity: 'info' as const, path, message, fix }]
    }
    return []
  })
}
