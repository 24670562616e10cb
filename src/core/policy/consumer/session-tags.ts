/**
 * Checks session tags against the limits of a consumer: the claim when a rule is written, as far as
 * it is known then, and each rendered value.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import { isJsonObject, type JsonObject } from '../../../web/json.ts'
import type { SessionTagLimits } from '../presets/preset.ts'
import { countCharacters, literalsOf } from './measure.ts'

/** Reports a problem at a path within the claim. */
type ReportTag = (path: DocumentPath, message: string) => void

const MEMBERS = ['principal_tags', 'transitive_tag_keys']

/** Reports what the consumer would refuse whatever the values of the templates are. */
export function checkSessionTags(
  claim: unknown,
  limits: SessionTagLimits,
  report: ReportTag,
): void {
  if (!isJsonObject(claim) || !isJsonObject(claim.principal_tags)) {
    report([], 'must be an object with principal_tags: an object of tags, each a list of one text')
    return
  }
  for (const member of Object.keys(claim)) {
    if (!MEMBERS.includes(member)) report([member], `must be one of ${MEMBERS.join(' and ')}`)
  }
  const tags = Object.entries(claim.principal_tags)
  if (tags.length > limits.maxTags) {
    report(['principal_tags'], `has ${tags.length} tags, and ${limits.maxTags} are allowed`)
  }
  const seen = new Set<string>()
  for (const [key, value] of tags) {
    const path = ['principal_tags', key]
    const fault = describeKeyFault(key, limits) ?? describeValueFault(value, limits)
    if (fault !== undefined) report(path, fault)
    const folded = key.toLowerCase()
    if (seen.has(folded)) report(path, 'is another tag in other case: the keys of tags ignore case')
    seen.add(folded)
  }
  checkTransitiveKeys(claim, report)
}

function checkTransitiveKeys(
  { principal_tags: tags, transitive_tag_keys: keys }: JsonObject,
  report: ReportTag,
) {
  if (keys === undefined) return
  if (!Array.isArray(keys)) {
    report(['transitive_tag_keys'], 'must be a list of keys of principal_tags')
    return
  }
  for (const [index, key] of keys.entries()) {
    if (typeof key === 'string' && isJsonObject(tags) && Object.hasOwn(tags, key)) continue
    report(['transitive_tag_keys', index], 'is not a key of principal_tags')
  }
}

function describeKeyFault(key: string, limits: SessionTagLimits): string | undefined {
  const { maxKeyCharacters, alphabet, reservedPrefix } = limits
  // The schema of claims refuses an empty name.
  if (countCharacters(key) > maxKeyCharacters) {
    return `the key of a tag has 1 to ${maxKeyCharacters} characters`
  }
  if (key.toLowerCase().startsWith(reservedPrefix)) {
    return `the key of a tag cannot begin with ${reservedPrefix}`
  }
  return alphabet.test(key) ? undefined : 'the key has a character that is not allowed in tags'
}

function describeValueFault(value: unknown, limits: SessionTagLimits): string | undefined {
  const [template] = Array.isArray(value) && value.length === 1 ? value : []
  if (typeof template !== 'string') return 'must be a list of exactly one text'
  const isAccepted = literalsOf(template).every((text) => limits.alphabet.test(text))
  return isAccepted ? undefined : 'the value has a character that is not allowed in tags'
}

/** Why the consumer does not accept a rendered tag. The form of the claim was checked before. */
export function findTagFault(
  claim: unknown,
  limits: SessionTagLimits,
): UnrenderableTemplate | undefined {
  if (!isJsonObject(claim) || !isJsonObject(claim.principal_tags)) return undefined
  for (const [key, value] of Object.entries(claim.principal_tags)) {
    const text = Array.isArray(value) ? value[0] : undefined
    if (typeof text !== 'string') continue
    if (limits.alphabet.test(text)) continue
    const template = `claims.${limits.claim}.principal_tags.${key}[0]`
    return { template, cause: 'refused' }
  }
  return undefined
}
