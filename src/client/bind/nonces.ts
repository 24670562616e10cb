/**
 * Remembers the last nonce of each server (RFC 9449 §8, §9). Gateways and APIs have their own nonces,
 * even at one host (DP-23).
 */
import { MAX_NONCE_CHARACTERS } from '../../protocol/dpop/limits.ts'
import { DPOP_NONCE } from '../../protocol/dpop/words.ts'
import { MAX_NONCE_SERVERS } from '../limits.ts'
import type { ProofKey } from './proof-key.ts'

type ServerKind = 'gateway' | 'api'

export type NonceMemory = {
  readonly find: (kind: ServerKind, url: string) => string | undefined
  /** Remembers the nonce of an answer. Returns whether there is a new one. */
  readonly learn: (kind: ServerKind, url: string, headers: Pick<Headers, 'get'>) => boolean
}

/** RFC 9449 §8.1. Any other text is not a nonce, and may be of two headers. */
const NONCE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export function createNonceMemory(): NonceMemory {
  const nonces = new Map<string, string>()
  const nameOf = (kind: ServerKind, url: string) => `${kind} ${new URL(url).origin}`
  return {
    find: (kind, url) => nonces.get(nameOf(kind, url)),
    learn(kind, url, headers) {
      const nonce = headers.get(DPOP_NONCE) ?? ''
      const name = nameOf(kind, url)
      if (!NONCE.test(nonce) || nonce.length > MAX_NONCE_CHARACTERS) return false
      if (nonces.get(name) === nonce) return false
      nonces.delete(name)
      nonces.set(name, nonce)
      const [oldest] = nonces.keys()
      if (nonces.size > MAX_NONCE_SERVERS && oldest !== undefined) nonces.delete(oldest)
      return true
    },
  }
}

/** The nonces that servers gave to a key. A later exchange with the same key uses them. */
const memories = new WeakMap<ProofKey, NonceMemory>()

export function noncesOf(key: ProofKey): NonceMemory {
  const known = memories.get(key) ?? createNonceMemory()
  memories.set(key, known)
  return known
}
