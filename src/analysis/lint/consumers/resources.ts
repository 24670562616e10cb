/** Checks of the resources that are for a consumer: a missing preset, the audience, the algorithm. */
import type { CompiledTrust, Resource } from '../../../core/policy/compile/compiled.ts'
import type { Preset } from '../../../core/policy/presets/preset.ts'
import type { Found } from '../check.ts'

type OfResource = Found & { readonly rule: undefined }

/** Starts of URIs and whole audiences that belong to one consumer. */
const KNOWN: readonly (readonly [name: RegExp, preset: Preset['name']])[] = [
  [/^(?:https:\/\/)?sts\.amazonaws\.com\/?$/, 'aws'],
  [/^(?:https:)?\/\/iam\.googleapis\.com\/projects\//, 'google'],
  [/^api:\/\/AzureADTokenExchange/, 'entra'],
  [/^(?:https:\/\/[^/]+\.)?snowflakecomputing\.com\/?$/, 'snowflake'],
  [
    /^https:\/\/[^/]+\.(?:cloud\.databricks\.com|azuredatabricks\.net|gcp\.databricks\.com)\/?$/,
    'databricks',
  ],
  [/^sigstore$|^https:\/\/fulcio\./, 'fulcio'],
  [/^spiffe:\/\//, 'spiffe'],
]

/** LINT-41: a resource of a known consumer without its preset. */
export function findMissingPresets({ resources }: CompiledTrust): readonly OfResource[] {
  return [...resources.values()].flatMap((resource) => {
    if (resource.preset !== undefined) return []
    const known = KNOWN.find(([name]) => namesOf(resource).some((one) => name.test(one)))
    if (known === undefined) return []
    const [, preset] = known
    return remark(resource, [], {
      message: `the resource looks like ${preset}, but no preset checks what ${preset} accepts`,
      fix: `Add for: ${preset}.`,
    })
  })
}

function namesOf({ uri, audience }: Resource): readonly string[] {
  return uri === audience ? [uri] : [uri, audience]
}

/** LINT-44: an audience other than the one that the consumer expects unless it is configured. */
export function findOtherAudiences({ resources }: CompiledTrust): readonly OfResource[] {
  return [...resources.values()].flatMap((resource) => {
    const { preset, audience } = resource
    if (preset === undefined) return []
    const { usual, uris = [] } = preset.audience
    const expected = usual ?? uris[0]
    if (expected === undefined || [usual, ...uris].includes(audience)) return []
    const better =
      usual === undefined ? `Declare the resource as ${expected}` : `Set audience to ${expected}`
    return remark(resource, usual === undefined ? [] : ['audience'], {
      message: `${preset.name} accepts this audience only if it is configured to; by default it expects ${expected}`,
      fix: `${better}, or configure ${audience} at the consumer.`,
    })
  })
}

/** LINT-48: the consumer accepts only an algorithm that needs a key of its own. */
export function findExtraKeys({ resources }: CompiledTrust): readonly OfResource[] {
  return [...resources.values()].flatMap((resource) => {
    const { preset } = resource
    if (preset === undefined || preset.algorithms.includes('ES256')) return []
    const names = preset.algorithms.join(' or ')
    return remark(resource, ['for'], {
      message: `${preset.name} accepts only ${names}: without such a key, the gateway issues no token for this resource`,
      fix: `Give the gateway a key for ${names} beside its ES256 key.`,
    })
  })
}

function remark(
  { uri }: Resource,
  path: readonly string[],
  text: Pick<Found, 'message' | 'fix'>,
): OfResource {
  return { severity: 'info', path: ['resources', uri, ...path], ...text, rule: undefined }
}
