/** Parses a form of the token endpoint with some changes. */
import { parseForm } from '../../../src/core/endpoint/form.ts'
import { parseTokenRequest } from '../../../src/core/endpoint/parse.ts'
import type { GrantType } from '../../../src/core/grants/grant-type.ts'
import { GRANT_TYPES } from '../../../src/core/grants/index.ts'
import { nameDenial } from './denials.ts'

export const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type'
export const API = 'https://api.example.com'
export const EXCHANGE_FORM = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: 'a.b.c',
  subject_token_type: `${TOKEN_TYPE}:id_token`,
  resource: API,
}

/** Null removes a parameter, and a list repeats it. */
export type Change = Readonly<Record<string, string | readonly string[] | null>>

/** Returns the parsed request, or `reason: at` of a denial. */
function parseRequest(
  form: Change,
  grantTypes: readonly GrantType[] = GRANT_TYPES,
  authorization?: string,
) {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) body.append(name, one)
  }
  const contentType = 'application/x-www-form-urlencoded'
  const parsed = parseForm({ contentType, text: body.toString(), isTooLarge: false })
  if (!parsed.ok) throw new Error(parsed.error.reason)
  const result = parseTokenRequest(parsed.value, grantTypes, authorization)
  if (!result.ok) return nameDenial(result.error)
  const { grantType, ...request } = result.value
  return { grant: grantType.name, ...request }
}

/** Parses a token exchange form with these changes. */
export function parseExchange(change: Change = {}, authorization?: string) {
  return parseRequest({ ...EXCHANGE_FORM, ...change }, GRANT_TYPES, authorization)
}
