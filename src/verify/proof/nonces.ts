/**
 * Makes and checks the nonces of an API (RFC 9449 §9). A nonce contains its time and a MAC, so no
 * store is needed. The audience is part of the MAC, so that no other API and no gateway has the same
 * nonces (DP-23).
 */
import { decodeBase64Url, encodeBase64Url, isBase64Url } from '../../web/base64.ts'
import { joinBytes } from '../../web/bytes.ts'
import { CLOCK_SKEW_SECONDS, MIN_PROOF_NONCE_SECRET_BYTES } from '../limits.ts'
import type { ProofNonceSettings } from './proof-options.ts'

export type Nonces = {
  readonly make: (now: number) => Promise<string>
  /** `stale`: the nonce is still accepted, and the client should get a new one. */
  readonly check: (nonce: string | undefined, now: number) => Promise<'valid' | 'stale' | 'invalid'>
}

/** Epoch seconds in five octets, and HMAC-SHA256 in 32. */
const TIME_OCTETS = 5
const NONCE_OCTETS = TIME_OCTETS + 32
const LABEL = 'edgemint resource nonce'

const encoder = new TextEncoder()

export function createNonces(settings: ProofNonceSettings, audience: string): Nonces {
  const { secret, maxAgeSeconds } = settings
  let key: CryptoKey | undefined

  /**
   * The key is made in the first request: Workers have no randomness before. Only the key is kept,
   * because on Workers a promise belongs to the request that made it.
   */
  async function findKey(): Promise<CryptoKey> {
    if (key !== undefined) return key
    const octets =
      secret === undefined
        ? crypto.getRandomValues(new Uint8Array(MIN_PROOF_NONCE_SECRET_BYTES))
        : encoder.encode(secret)
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const made = await crypto.subtle.importKey('raw', octets, algorithm, false, ['sign', 'verify'])
    // Another request may have made one meanwhile, and has answered with a nonce of it.
    key ??= made
    return key
  }

  const signedText = (time: number) => encoder.encode(`${LABEL}\0${audience}\0${time}`)

  return {
    async make(now) {
      // The clock of an API may return fractions, as `Date.now() / 1000` does.
      const time = Math.floor(now)
      const mac = await crypto.subtle.sign('HMAC', await findKey(), signedText(time))
      return encodeBase64Url(joinBytes([renderTime(time), new Uint8Array(mac)]))
    },
    async check(nonce, now) {
      if (nonce === undefined || !isBase64Url(nonce)) return 'invalid'
      const octets = decodeBase64Url(nonce)
      if (octets.byteLength !== NONCE_OCTETS) return 'invalid'
      const time = readTime(octets)
      const age = now - time
      if (age > maxAgeSeconds || age < -CLOCK_SKEW_SECONDS) return 'invalid'
      const mac = octets.slice(TIME_OCTETS)
      const isOurs = await crypto.subtle.verify('HMAC', await findKey(), mac, signedText(time))
      if (!isOurs) return 'invalid'
      return age * 2 > maxAgeSeconds ? 'stale' : 'valid'
    },
  }
}

function renderTime(time: number): Uint8Array {
  const octets = new DataView(new ArrayBuffer(8))
  octets.setBigUint64(0, BigInt(time))
  return new Uint8Array(octets.buffer).slice(8 - TIME_OCTETS)
}

function readTime(nonce: Uint8Array): number {
  return nonce.subarray(0, TIME_OCTETS).reduce((sum, octet) => sum * 256 + octet, 0)
}
