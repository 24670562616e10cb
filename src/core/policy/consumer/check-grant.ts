/**
 * Checks the grants of a resource with a preset: when a rule is written, and when a grant is
 * rendered for a holder.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { AllowRuleSource } from '../../../contract/trust-document.ts'
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { JsonObject } from '../../../web/json.ts'
import type { Report } from '../compile/context.ts'
import type { Preset } from '../presets/preset.ts'
import { checkSessionTags, findTagFault } from './session-tags.ts'
import { describeSubjectConflict, findSubjectFault } from './subject.ts'

/** Reports what the consumer would refuse for every holder. `at` is the path of the grant. */
export function checkGrantSource(
  preset: Preset,
  { subject, claims }: AllowRuleSource['grant'],
  at: DocumentPath,
  report: Report,
): void {
  const conflict = subject === undefined ? undefined : describeSubjectConflict(preset, subject)
  if (conflict !== undefined) report([...at, 'subject'], 'preset_contradicted', conflict)
  const { sessionTags } = preset
  if (sessionTags === undefined || claims === undefined) return
  if (!Object.hasOwn(claims, sessionTags.claim)) return
  const place = [...at, 'claims', sessionTags.claim]
  checkSessionTags(claims[sessionTags.claim], sessionTags, (path, message) =>
    report([...place, ...path], 'preset_contradicted', message),
  )
}

/** Why the consumer does not accept a rendered subject or claim. */
export function findRenderedFault(
  preset: Preset,
  subject: string,
  claims: JsonObject,
): UnrenderableTemplate | undefined {
  const fault = findSubjectFault(preset, subject)
  if (fault !== undefined) return { template: 'subject', ...fault }
  const { sessionTags } = preset
  if (sessionTags === undefined || !Object.hasOwn(claims, sessionTags.claim)) return undefined
  return findTagFault(claims[sessionTags.claim], sessionTags)
}
