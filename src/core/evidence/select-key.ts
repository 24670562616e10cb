/**
 * Selects the key of an issuer that may verify a token. `issuer-keys.ts` decides which keys are
 * usable.
 */
import { type PublicKey, servesAlgorithm } from '../keys/public-key.ts'

/**
 * Returns the key that may verify a token with this header: among the keys with its `kid`, the one
 * for its algorithm (RFC 7517 §4.5). If two different keys fit, the choice is ambiguous and neither
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

/**
 * A key serves one algorithm (RFC 8725 §3.1): the key's `alg`, or the one that its type and curve
 * allow.
 */
function fits(key: PublicKey, alg: string): boolean {
  return (key.alg === undefined || key.alg === alg) && servesAlgorithm(key, alg)
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return (
    a.kty === b.kty && a.crv === b.crv && a.n === b.n && a.e === b.e && a.x === b.x && a.y === b.y
  )
}
