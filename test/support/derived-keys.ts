/**
 * Derives ES256 keys of issuers from their names, so that a fixture needs no private key. Every
 * reader can compute these keys. They sign only for issuers on loopback addresses and for issuers
 * with uploaded keys in test documents.
 */
import { createHash } from 'node:crypto'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { privateJwk } from './canary/keys.ts'

const LABEL = 'edgemint test issuer '

export type DerivedKey = {
  /** The public key as an issuer publishes it. */
  readonly publicJwk: Readonly<Record<string, string>>
  /** Signs a compact JWS with exactly these claims. */
  readonly sign: (claims: JWTPayload) => Promise<string>
}

export async function deriveKey(name: string): Promise<DerivedKey> {
  const scalar = createHash('sha256').update(`${LABEL}${name}`).digest()
  const { d, ...point } = privateJwk(scalar)
  const publicJwk = { ...point, kid: name, alg: 'ES256', use: 'sig' }
  const key = await importJWK({ ...publicJwk, d }, 'ES256')
  return {
    publicJwk,
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: name, typ: 'JWT' }).sign(key),
  }
}
