/**
 * Which key of an issuer a token may be checked with. What a usable key is, and what a set looks
 * like, is said in `issuer-keys.ts`.
 */
import type { PublicKey } from '../issuer-keys.ts'

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
}
/** Not the encryption that RSA keys do too: `RSA-OAEP` starts alike. */
const RSA_SIGNATURE = /^[RP]S(?:256|384|512)$/

/**
 * The one key that may check a token with this header. A `kid` that two different keys share is
 * ambiguous and finds none; without a `kid` exactly one key must fit (TOK-06, KEY-03).
 */
export function selectKey(
  keys: readonly PublicKey[],
  header: { readonly alg: string; readonly kid?: string },
): PublicKey | undefined {
  const fitting =
    header.kid === undefined
      ? keys.filter((key) => fits(key, header.alg))
      : keys.filter((key) => key.kid === header.kid)
  const [first, ...others] = fitting
  if (first === undefined || !fits(first, header.alg)) return undefined
  return others.every((other) => isSameKey(first, other)) ? first : undefined
}

/** One key, one algorithm (RFC 8725 §3.1): the key's own `alg` decides, else its type and curve. */
function fits(key: PublicKey, alg: string): boolean {
  if (key.alg !== undefined && key.alg !== alg) return false
  if (key.kty === 'EC') return CURVES[alg] !== undefined && CURVES[alg] === key.crv
  return RSA_SIGNATURE.test(alg)
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return (
    a.kty === b.kty &&
    a.alg === b.alg &&
    a.crv === b.crv &&
    a.n === b.n &&
    a.e === b.e &&
    a.x === b.x &&
    a.y === b.y
  )
}
