/**
 * Checks that a public key is a point of its curve. WebCrypto runtimes differ in what they check on
 * import, and a trust document is compiled synchronously. All values are public, so the code need
 * not run in constant time.
 */
import { ED25519_P, hasSmallOrder, readEd25519Y } from '../../protocol/jwk.ts'
import { toHex } from '../../web/bytes.ts'

type Weierstrass = { readonly p: bigint; readonly b: bigint; readonly octets: number }

/** y² = x³ - 3x + b (NIST SP 800-186 §3.2.1). */
const WEIERSTRASS = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    octets: 32,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    octets: 48,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    octets: 66,
  },
} as const satisfies Record<string, Weierstrass>

export type EcCurve = keyof typeof WEIERSTRASS
export const EC_CURVES = Object.keys(WEIERSTRASS) as readonly EcCurve[]

/** Octets of a coordinate (RFC 7518 §6.2.1.2). */
export function coordinateOctets(curve: EcCurve): number {
  return WEIERSTRASS[curve].octets
}

/**
 * Returns false for coordinates outside the field, a point off the curve, and infinity. With such a
 * key, a forged signature could verify (KEY-06).
 */
export function isOnCurve(curve: EcCurve, x: Uint8Array, y: Uint8Array): boolean {
  const { p, b } = WEIERSTRASS[curve]
  const [px, py] = [toNumber(x), toNumber(y)]
  if (px >= p || py >= p) return false
  return (py * py - (px * px * px - 3n * px + b)) % p === 0n
}

/** Octets of an Ed25519 public key (RFC 8032 §5.1.2). */
const ED25519_OCTETS = 32
const ED25519_D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n

/**
 * Whether these octets are the canonical encoding of a point of edwards25519 that has no small
 * order. With a key of small order, one signature verifies for any message (KEY-07).
 */
export function isEd25519Key(octets: Uint8Array): boolean {
  if (octets.byteLength !== ED25519_OCTETS) return false
  const p = ED25519_P
  const y = readEd25519Y(octets)
  if (y >= p || hasSmallOrder(octets)) return false
  const y2 = (y * y) % p
  const x2 = ((y2 - 1n) * inverse(ED25519_D * y2 + 1n, p)) % p
  return power(x2, (p - 1n) / 2n, p) === 1n
}

function toNumber(octets: Uint8Array): bigint {
  return BigInt(`0x0${toHex(octets)}`)
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, left] = [1n, base % modulus, exponent]
  while (left > 0n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
    left >>= 1n
  }
  return result
}

/** Uses Fermat's little theorem, because the modulus is prime. */
function inverse(value: bigint, prime: bigint): bigint {
  return power(value, prime - 2n, prime)
}
