/**
 * The canary of the test suite: a text in a claim of every subject token, and another at the start
 * of every signing key. No log line, response, stored row or file may contain either. This file
 * recognizes them, `watch.ts` searches, and `claims.ts` and `keys.ts` plant them.
 */

import { STATUS_LIST_TYP } from '../../../src/protocol/status/status-list.ts'
import { CHECKPOINT_TYP, INTROSPECTION_TYP } from '../../../src/protocol/token.ts'

/** The claim `canary` of subject tokens. No rule reads it, and no issued token contains it. */
export const TOKEN_CANARY = 'canary-token-4b1f9c27'
/** The first bytes of the private scalar of a signing key. */
export const KEY_CANARY = 'canary-key-7e02d5a8'

/** What was found, without the text that contained it. */
export type Sighting = 'the token canary' | 'the key canary' | 'a signed token' | 'a private key'

const CANARIES = [
  ['the token canary', formsOf(TOKEN_CANARY)],
  ['the key canary', formsOf(KEY_CANARY)],
] as const

/** A signature has at least 43 characters. A private exponent has nearly as many. */
const SIGNED_TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{43,}/
/**
 * A checkpoint of the decision log, a status list and a signed answer of `/introspect` are no tokens:
 * no endpoint accepts them. Their headers begin with their `typ`.
 */
const NO_TOKENS = new RegExp(
  `(?:${[CHECKPOINT_TYP, INTROSPECTION_TYP, STATUS_LIST_TYP].map((typ) => btoa(`{"typ":"${typ}",`)).join('|')})[\\w-]*\\.[\\w-]+\\.[\\w-]+`,
  'g',
)
/**
 * A member of an object. Without the comma or brace, a page of a database that begins in the middle of
 * `"key_id"` could pass for one, because the byte before it is a number of a page.
 */
const PRIVATE_KEY = /[{,](?:\s|\\n)*\\?"d\\?"\s*:\s*\\?"[\w-]{42,}/

/** Returns the canary that the text contains, if any. No text may contain one. */
export function seeCanary(text: string): Sighting | undefined {
  return CANARIES.find(([, forms]) => forms.some((form) => text.includes(form)))?.[0]
}

/**
 * Returns the secret that the text contains, if any: a canary, or any token or private key. For
 * texts that must contain neither.
 */
export function seeSecret(text: string): Sighting | undefined {
  const canary = seeCanary(text)
  if (canary !== undefined) return canary
  if (SIGNED_TOKEN.test(text.replaceAll(NO_TOKENS, ''))) return 'a signed token'
  return PRIVATE_KEY.test(text) ? 'a private key' : undefined
}

/**
 * Returns the text as it is, in hexadecimal, and in base64 at each of the three possible offsets.
 * Characters that also encode neighbouring bytes are left out.
 */
function formsOf(text: string): readonly string[] {
  const encoded = [0, 1, 2].map((before) => {
    const whole = btoa('\0'.repeat(before) + text).replace(/=+$/, '')
    const inside = Math.floor(((before + text.length) * 8) / 6)
    return whole.slice(Math.ceil((before * 8) / 6), inside)
  })
  const hexadecimal = [...text].map((letter) => letter.charCodeAt(0).toString(16)).join('')
  return [text, hexadecimal, ...encoded]
}
