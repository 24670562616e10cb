/**
 * Nonces of DPoP proofs (RFC 9449 §8) without a store: the authentication code of a time window, with
 * a key that every isolate of the deployment derives. All clients of a window have the same nonce. It
 * proves that a proof was made in the last minutes, and not that it was made for one client.
 */
import type { CheckNonce } from '../../core/ports.ts'
import { encodeBase64Url } from '../../web/base64.ts'
import { DPOP_NONCE_WINDOW_SECONDS } from '../limits.ts'

type Options = {
  /** Undefined without a signing key. Then no nonce is known, and none is offered. */
  readonly key: CryptoKey | undefined
  readonly isRequired: boolean
}

const encoder = new TextEncoder()

/**
 * A nonce that is sent is always checked. The next one is offered with a refusal, and when the nonce
 * of the proof is about to end.
 */
export function createNonceCheck({ key, isRequired }: Options): CheckNonce {
  /** Those of the last windows. */
  const nonces = new Map<number, string>()

  async function nonceOf(window: number): Promise<string | undefined> {
    const known = nonces.get(window)
    if (known !== undefined || key === undefined) return known
    const code = await crypto.subtle.sign('HMAC', key, encoder.encode(String(window)))
    const nonce = encodeBase64Url(new Uint8Array(code))
    if (nonces.size >= ACCEPTED.length * 2) nonces.clear()
    nonces.set(window, nonce)
    return nonce
  }

  return function checkNonce(nonce, at) {
    if (nonce === undefined && !isRequired) return { isAccepted: true }
    return judge(nonce, Math.floor(at / DPOP_NONCE_WINDOW_SECONDS))
  }

  async function judge(nonce: string | undefined, window: number) {
    const current = await nonceOf(window)
    if (nonce !== undefined && nonce === current) return { isAccepted: true }
    const next = current === undefined ? {} : { next: current }
    for (const offset of ACCEPTED) {
      // The nonce is public for its window: anyone gets it by asking. So the comparison need not run
      // in constant time.
      if (nonce !== undefined && nonce === (await nonceOf(window + offset))) {
        return { isAccepted: true, ...next }
      }
    }
    return { isAccepted: false, ...next }
  }
}

/** The window before, and the next one, because the clocks of two isolates differ by seconds. */
const ACCEPTED = [-1, 1]
