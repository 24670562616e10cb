/**
 * Checks subjects against the limits of a consumer: the template when a rule is written, as far as
 * it is known then, and each rendered subject. `template.ts` checks the longest subject and URIs.
 */
import type { TemplateFault } from '../../../protocol/template-fault.ts'
import type { Preset } from '../presets/preset.ts'
import { countCharacters, literalsOf } from './measure.ts'

/** Why the consumer accepts no subject of this template. Undefined if it may accept some. */
export function describeSubjectConflict(
  { name, subject }: Preset,
  template: string,
): string | undefined {
  const { minCharacters = 0, prefix = '', reservedPrefix } = subject
  if (!template.startsWith(prefix)) return `must begin with ${prefix} for ${name}`
  if (reservedPrefix !== undefined && template.startsWith(reservedPrefix)) {
    return `begins with ${reservedPrefix}, which ${name} reserves`
  }
  if (literalsOf(template).length === 1 && countCharacters(template) < minCharacters) {
    return `is too short: ${name} requires ${minCharacters} characters`
  }
  return undefined
}

/** Why the consumer does not accept the rendered subject. */
export function findSubjectFault(
  { subject: limits }: Preset,
  subject: string,
): TemplateFault | undefined {
  const { minCharacters = 0, reservedPrefix } = limits
  const length = countCharacters(subject)
  if (length < minCharacters) {
    return { cause: 'refused', length, limit: minCharacters }
  }
  if (reservedPrefix !== undefined && subject.startsWith(reservedPrefix)) {
    return { cause: 'refused' }
  }
  return undefined
}
