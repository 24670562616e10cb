/**
 * The gateway's published key set: which entries can verify a token, by `kid`. Fetching it and
 * keeping it is the work of discovery.ts and remote-keys.ts.
 */
import { importJWK, type JWK } from 'jose'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../protocol/token.ts'
import { isRecord, type JsonRecord } from './json.ts'
import { MAX_KEY_ID_CHARACTERS, MAX_KEYS } from './limits.ts'

export type VerificationKey = {
  /** One key, one algorithm: the token's header may only agree (TOK-03). */
  readonly algorithm: SigningAlgorithm
  readonly publicKey: Awaited<ReturnType<typeof importJWK>>
}

/** `ambiguous` where two entries claim one `kid`: which one signed cannot be said (KEY-03). */
export type KeySet = ReadonlyMap<string, VerificationKey | 'ambiguous'>

/** Members of private and symmetric keys. A published secret is nobody's signature (KEY-08). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Undefined when nothing in the document can verify a token: it must not replace a good set. */
export async function parseKeySet(document: unknown): Promise<KeySet | undefined> {
  if (!isRecord(document) || !Array.isArray(document.keys)) return undefined
  if (document.keys.length > MAX_KEYS) return undefined
  const keys = new Map<string, VerificationKey | 'ambiguous'>()
  for (const entry of document.keys) {
    if (!isRecord(entry) || !isKeyId(entry.kid)) continue
    const key = await importEntry(entry)
    // RFC 7517 §5: an entry that cannot be used does not spoil the set.
    if (key !== undefined) keys.set(entry.kid, keys.has(entry.kid) ? 'ambiguous' : key)
  }
  return keys.size === 0 ? undefined : keys
}

/** Printable and short (TOK-05). Compared for equality and used for nothing else. */
export function isKeyId(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_KEY_ID_CHARACTERS &&
    /^[\x20-\x7e]+$/.test(value)
  )
}

async function importEntry(entry: JsonRecord): Promise<VerificationKey | undefined> {
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === entry.alg)
  if (algorithm === undefined || (entry.use !== undefined && entry.use !== 'sig')) return undefined
  if (SECRET_MEMBERS.some((member) => Object.hasOwn(entry, member))) return undefined
  // Small or even exponents make forgery cheap, and runtimes differ in what they take (KEY-05).
  if (entry.kty === 'RSA' && entry.e !== 'AQAB') return undefined
  try {
    // jose checks each member it reads; a value of the wrong type is its error, caught here.
    const { kty, crv, x, y, n, e } = entry as JWK
    const jwk = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)
    return { algorithm, publicKey: await importJWK(Object.fromEntries(jwk), algorithm) }
  } catch {
    return undefined
  }
}
