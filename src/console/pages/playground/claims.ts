/** The claims of the playground: from a form, from JSON, or from a token that is only decoded. */
import type { ClaimProfile, ProviderProfile } from '../../../core/providers/profile.ts'
import { decodeBase64Url, isBase64Url } from '../../../web/base64.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { isJsonObject, type JsonObject } from '../../../web/json.ts'
import { fail, ok, type Result } from '../../../web/result.ts'

export type ClaimField = {
  readonly name: string
  readonly path: readonly string[]
  readonly types: ClaimProfile['types']
  readonly isRequired: boolean
  /** The value of the example token, as text. */
  readonly example: string
}

const REGISTERED: ReadonlySet<string> = new Set('iss aud exp iat nbf jti'.split(' '))

/** The fields of a form for a provider: the claims of its example token, then its other claims. */
export function listFields(provider: ProviderProfile, example: JsonObject): readonly ClaimField[] {
  const fields = (provider.claims ?? []).map(
    ({ path, types, class: kind }): ClaimField => ({
      ...{ name: path.join('.'), path, types },
      isRequired: kind.startsWith('required'),
      example: writeValue(valueAt(example, path)),
    }),
  )
  // People choose rules by the claims of the platform, and rarely by those of every token.
  const rank = ({ name, isRequired, example: text }: ClaimField) =>
    REGISTERED.has(name) ? 3 : isRequired ? 0 : text ? 1 : 2
  return fields.sort((left, right) => rank(left) - rank(right))
}

/** The claims of a form: an empty field is an absent claim. A fault names the field. */
export function readFields(
  fields: readonly Pick<ClaimField, 'name' | 'path' | 'types'>[],
  values: ReadonlyMap<string, string>,
): Result<JsonObject, { readonly field: string }> {
  let claims: JsonObject = {}
  for (const { name, path, types } of fields) {
    const text = values.get(name) ?? ''
    if (text === '') continue
    const value = readValue(text, types)
    if (value === undefined) return fail({ field: name })
    claims = withValue(claims, path, value)
  }
  return ok(claims)
}

/** The text of a form for each claim that has a field. */
export function fillFields(
  fields: readonly Pick<ClaimField, 'name' | 'path'>[],
  claims: JsonObject,
): ReadonlyMap<string, string> {
  return new Map(fields.map(({ name, path }) => [name, writeValue(valueAt(claims, path))]))
}

function readValue(text: string, types: ClaimProfile['types']): unknown {
  const isOnlyText = types.length === 1 && types[0] === 'string'
  if (isOnlyText) return text
  const value = parseJson(text)
  const fits = (type: string) =>
    type === 'any' || type === (Array.isArray(value) ? 'array' : typeof value)
  if (value !== undefined && value !== null && types.some(fits)) return value
  return types.some((type) => type === 'string' || type === 'any') ? text : undefined
}

function writeValue(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Reads claims as JSON. Undefined if the text is no JSON object. */
export function parseClaims(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isJsonObject(value) ? value : undefined
}

/** Returns the claims of a token. Nothing is verified. Undefined if the text is no JWT. */
export function decodeToken(text: string): JsonObject | undefined {
  const parts = text
    .trim()
    .replace(/^bearer\s+/i, '')
    .split('.')
  const [, payload = ''] = parts
  if (parts.length !== 3 || !isBase64Url(payload)) return undefined
  const decoded = decodeUtf8(decodeBase64Url(payload))
  return decoded === undefined ? undefined : parseClaims(decoded)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function valueAt(claims: JsonObject, path: readonly string[]): unknown {
  let value: unknown = claims
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

function withValue(
  claims: JsonObject,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): JsonObject {
  const inner = Object.hasOwn(claims, name) ? claims[name] : undefined
  const next = rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value)
  return { ...claims, [name]: next }
}
