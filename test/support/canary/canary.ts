/**
 * The canary of the test suite: a text in a claim of every subject token and another at the start
 * of every signing key. Neither may be found in a log line, an answer, a stored row or a file. This
 * file knows how to see them; `watch.ts` looks, `claims.ts` and `keys.ts` plant.
 */

/** In the claim `canary` of subject tokens, which no rule reads and no issued token has. */
export const TOKEN_CANARY = 'canary-token-4b1f9c27'
/** The first bytes of the private scalar of a signing key. */
export const KEY_CANARY = 'canary-key-7e02d5a8'

/** What was seen; never the text that it was seen in. */
export type Sighting = 'the token canary' | 'the key canary' | 'a signed token' | 'a private key'

const CANARIES = [
  ['the token canary', formsOf(TOKEN_CANARY)],
  ['the key canary', formsOf(KEY_CANARY)],
] as const

/** A signature has 43 characters at least; a private exponent nearly as many. */
const SIGNED_TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{43,}/
const PRIVATE_KEY = /\\?"d\\?"\s*:\s*\\?"[\w-]{42,}/

/** What no text may hold, wherever it is. */
export function seeCanary(text: string): Sighting | undefined {
  return CANARIES.find(([, forms]) => forms.some((form) => text.includes(form)))?.[0]
}

/** What a text may not hold that is no place for any token or key, with a canary or without. */
export function seeSecret(text: string): Sighting | undefined {
  const canary = seeCanary(text)
  if (canary !== undefined) return canary
  if (SIGNED_TOKEN.test(text)) return 'a signed token'
  return PRIVATE_KEY.test(text) ? 'a private key' : undefined
}

/**
 * The text as it is, in hexadecimal, and in base64 at each of the three places where it can begin
 * in a group of bytes: without the characters that its neighbours have a part in.
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
