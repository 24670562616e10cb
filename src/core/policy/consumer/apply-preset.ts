/**
 * Applies the preset of a resource: the defaults of its audience, signature, lifetime, subject and
 * scopes. A resource that contradicts its preset is reported.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { ResourceSource } from '../../../contract/trust-document.ts'
import { ACCESS_TOKEN_TYP, type IssuedTyp } from '../../../protocol/token.ts'
import { MAX_RENDERED_BYTES } from '../../limits.ts'
import type { SubjectForm } from '../compile/compiled.ts'
import type { Report } from '../compile/context.ts'
import type { Preset } from '../presets/preset.ts'
import { PRESETS } from '../presets/presets.ts'
import { countCharacters } from './measure.ts'

/** What a resource has if it does not say otherwise. */
export type ResourceDefaults = {
  readonly preset: Preset | undefined
  readonly typ: IssuedTyp
  /** The audience of the tokens. Undefined: the URI of the resource. */
  readonly audience: string | undefined
  readonly maxLifetimeSeconds: number
  readonly subject: SubjectForm
  readonly scopes: readonly string[]
}

const WITHOUT_PRESET: ResourceDefaults = Object.freeze({
  preset: undefined,
  typ: ACCESS_TOKEN_TYP,
  audience: undefined,
  maxLifetimeSeconds: Number.POSITIVE_INFINITY,
  subject: Object.freeze({ kind: 'text', maxBytes: undefined }),
  scopes: Object.freeze([]),
})

export function applyPreset(
  uri: string,
  source: ResourceSource,
  at: DocumentPath,
  report: Report,
): ResourceDefaults {
  if (source.for === undefined) return WITHOUT_PRESET
  const preset: Preset = PRESETS[source.for]
  const { name, algorithms, typs, audience, lifetime, subject } = preset
  const contradict = (member: string, message: string) =>
    report([...at, member], 'preset_contradicted', message)
  if (source.algorithm !== undefined && !algorithms.includes(source.algorithm)) {
    contradict('algorithm', `is not accepted by ${name}: use ${algorithms.join(' or ')}`)
  }
  if (source.typ !== undefined && !typs.includes(source.typ)) {
    contradict('typ', `is not accepted by ${name}: use ${typs.join(' or ')}`)
  }
  const { maxCharacters = Number.POSITIVE_INFINITY, usual } = audience
  if (countCharacters(source.audience ?? usual ?? uri) > maxCharacters) {
    const message = `is too long for ${name}: an audience has at most ${maxCharacters} characters`
    contradict(source.audience === undefined ? 'for' : 'audience', message)
  }
  return {
    preset,
    typ: typs[0],
    audience: usual,
    maxLifetimeSeconds: lifetime.usualSeconds,
    subject: { kind: subject.form, maxBytes: maxBytesOf(preset) },
    scopes: preset.scopes ?? [],
  }
}

/** Only a SPIFFE ID may be longer than other subjects. */
function maxBytesOf({ subject }: Preset): number | undefined {
  const { form, maxBytes } = subject
  if (maxBytes === undefined || form === 'uri') return maxBytes
  return Math.min(maxBytes, MAX_RENDERED_BYTES)
}
