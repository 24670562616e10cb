/**
 * Non-standard formats in which real issuers publish their keys, and key sets that share one `kid`.
 * A relying party must read them.
 */
import type { JWK } from 'jose'

type Entry = Readonly<Record<string, unknown>>

const NUMBERS = ['n', 'e', 'x', 'y'] as const
const octetsOf = (text: unknown) => Buffer.from(String(text), 'base64url')

/** Changes every number of a key. Ed25519 keys have none: their `x` has a fixed length. */
function respell(jwk: JWK, spell: (text: string) => string): Entry {
  const entries = Object.entries(jwk).map(([name, value]) => {
    const isNumber = NUMBERS.some((number) => number === name) && jwk.kty !== 'OKP'
    return [name, isNumber ? spell(String(value)) : value]
  })
  return Object.fromEntries(entries)
}

const SPELLINGS = {
  plain: (jwk: JWK): readonly Entry[] => [jwk],
  /** base64url with padding. */
  padded: (jwk: JWK) => [respell(jwk, (text) => text.padEnd(Math.ceil(text.length / 4) * 4, '='))],
  /** Standard base64 with padding (RFC 4648 §4). */
  standard_base64: (jwk: JWK) => [respell(jwk, (text) => octetsOf(text).toString('base64'))],
  /** Each number begins with a zero octet, as a sign octet. */
  leading_zeros: (jwk: JWK) => [
    respell(jwk, (text) => Buffer.concat([Buffer.alloc(1), octetsOf(text)]).toString('base64url')),
  ],
  /** Members without a value are written as null. */
  nulls: ({ alg: _alg, use: _use, ...jwk }: JWK) => [
    { ...jwk, alg: null, use: null, key_ops: null, x5t: null, x5c: null, d: null },
  ],
  no_key_ops: (jwk: JWK) => [{ ...jwk, key_ops: [] }],
  /** Every key has the `kid` `k1`. Each RSA key is preceded by a key for encryption. */
  shared_kid: (jwk: JWK) => {
    const shared = { ...jwk, kid: 'k1' }
    return jwk.kty === 'RSA' ? [{ ...shared, alg: 'RSA-OAEP', use: undefined }, shared] : [shared]
  },
} as const satisfies Record<string, (jwk: JWK) => readonly Entry[]>

export type KeyForm = keyof typeof SPELLINGS
export const KEY_FORMS = Object.keys(SPELLINGS) as readonly KeyForm[]

export function spellKeys(jwks: readonly JWK[], form: KeyForm): readonly Entry[] {
  return jwks.flatMap((jwk) => SPELLINGS[form](jwk))
}
