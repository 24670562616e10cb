/**
 * Which key of an issuer a token may be checked with. What a usable key is, and what a set looks
 * like, is said in `issuer-keys.ts`.
 */
import { type PublicKey, servesAlgorithm } from '../keys/public-key.ts'

/**
 * The one key that may verify a token with this header: among the keys with its `kid`, the one for
 * its algorithm (RFC 7517 §4.5). If two different keys fit, the issuer did not say which, and none
 * is used: without a `kid` (TOK-06) and with one (KEY-03).
 */
export function selectKey(
  keys: readonly PublicKey[],
  { alg, kid }: { readonly alg: string; readonly kid?: string },
): PublicKey | undefined {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  const [first, ...others] = named.filter((key) => fits(key, alg))
  if (first === undefined) return undefined
  return others.every((other) => isSameKey(first, other)) ? first : undefined
}

/** One key, one algorithm (RFC 8725 §3.1): the key's own `alg` decides, else its type and curve. */
function fits(key: PublicKey, alg: string): boolean {
  return (key.alg === undefined || key.alg === alg) && servesAlgorithm(key, alg)
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return (
    a.kty === b.kty && a.crv === b.crv && a.n === b.n && a.e === b.e && a.x === b.x && a.y === b.y
  )
}
