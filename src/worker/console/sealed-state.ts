/**
 * What a sign-in remembers until the provider has answered. It is in a cookie of the browser that
 * started the sign-in, with an authentication code, so that no store is needed. A person can read the
 * own state, and cannot make one.
 */
import { decodeBase64Url, encodeBase64Url, isBase64Url } from '../../web/base64.ts'

export type LoginState = {
  /** The provider and the client of the sign-in: another one cannot end it. */
  readonly issuer: string
  readonly clientId: string
  readonly state: string
  readonly nonce: string
  /** The secret of PKCE (RFC 7636 §4.1). */
  readonly verifier: string
  readonly returnTo: string
  /** Epoch seconds. */
  readonly expiresAt: number
}

const encoder = new TextEncoder()

/** Returns a text that fits into a cookie. */
export async function sealState(state: LoginState, key: CryptoKey): Promise<string> {
  const content = encodeBase64Url(encoder.encode(JSON.stringify(state)))
  const code = await crypto.subtle.sign('HMAC', key, encoder.encode(content))
  return `${content}.${encodeBase64Url(new Uint8Array(code))}`
}

/** Returns the state if its authentication code is valid and it has not expired at `at`. */
export async function openState(
  sealed: string,
  key: CryptoKey,
  at: number,
): Promise<LoginState | undefined> {
  const [content = '', code = '', ...rest] = sealed.split('.')
  if (rest.length > 0 || !isBase64Url(code)) return undefined
  const signed = encoder.encode(content)
  if (!(await crypto.subtle.verify('HMAC', key, decodeBase64Url(code), signed))) return undefined
  // This gateway wrote it.
  const state = JSON.parse(new TextDecoder().decode(decodeBase64Url(content))) as LoginState
  return state.expiresAt > at ? state : undefined
}
