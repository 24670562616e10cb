/**
 * AWS STS, `AssumeRoleWithWebIdentity`:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html and, for
 * session tags, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
import { accept, type Presented, readToken, refuse, type Verdict } from './presented.ts'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']
const TAGS = 'https://aws.amazon.com/tags'
/** The pattern of `Key` and `Value` in the API reference of `Tag`. */
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

export type SessionTags = {
  readonly principalTags: Readonly<Record<string, string>>
  readonly transitiveTagKeys: readonly string[]
}

export async function validateAws(presented: Presented): Promise<Verdict> {
  const { token, keySet, audience } = presented
  if (token.length < 4 || token.length > 20_000) return refuse('ValidationError: webIdentityToken')
  if (audience.length > 255) return refuse('ValidationError: clientIDList')
  const kinds = (kty: string) => keySet.keys.filter((key) => key.kty === kty).length
  if (kinds('RSA') > 100 || kinds('EC') > 100 || kinds('RSA') + kinds('EC') === 0) {
    return refuse('InvalidIdentityToken: the key set has too few or too many keys')
  }
  const read = await readToken(presented, ALGORITHMS, ['iss', 'aud', 'sub', 'iat', 'exp'])
  if (typeof read === 'string') return refuse(`InvalidIdentityToken: ${read}`)
  const { sub = '', azp } = read.claims
  if (azp !== undefined) return refuse('InvalidIdentityToken: azp is compared instead of aud')
  const { length } = [...sub]
  if (length < 6 || length > 255) {
    return refuse('ValidationError: the subject has 6 to 255 characters')
  }
  const tags = readSessionTags(read.claims[TAGS])
  return typeof tags === 'string' ? refuse(tags) : accept(read)
}

/** The session tags of a token, or the error of AWS. */
export function readSessionTags(claim: unknown): SessionTags | string {
  if (claim === undefined) return { principalTags: {}, transitiveTagKeys: [] }
  const { principal_tags: tags, transitive_tag_keys: transitive = [] } = claim as {
    readonly principal_tags?: Readonly<Record<string, unknown>>
    readonly transitive_tag_keys?: unknown
  }
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags)) return fault('no tags')
  const entries = Object.entries(tags)
  if (entries.length > 50) return fault('more than 50 session tags')
  const seen = new Set<string>()
  const principalTags: Record<string, string> = {}
  for (const [key, values] of entries) {
    const [value, ...more] = Array.isArray(values) ? values : []
    if (typeof value !== 'string' || more.length > 0) return fault(`${key} has not one value`)
    if (key.length < 1 || [...key].length > 128) return fault('a key has 1 to 128 characters')
    if ([...value].length > 256) return fault('a value has at most 256 characters')
    if (!TAG_CHARACTERS.test(key) || !TAG_CHARACTERS.test(value)) return fault('characters')
    if (/^aws:/i.test(key)) return fault('the prefix aws: is reserved')
    if (seen.has(key.toLowerCase())) return fault('duplicate tag keys')
    seen.add(key.toLowerCase())
    principalTags[key] = value
  }
  if (!Array.isArray(transitive)) return fault('transitive_tag_keys is no list')
  const unknown = transitive.find((key) => !Object.hasOwn(principalTags, String(key)))
  if (unknown !== undefined) return fault('a transitive key is no session tag')
  return { principalTags, transitiveTagKeys: transitive.map(String) }
}

const fault = (what: string) => `ValidationError: ${what}`
