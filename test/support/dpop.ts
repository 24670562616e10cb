/** Makes DPoP proofs for tests, good ones and ones with any change, with a signer of its own. */
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { createSigner, type SignatureKey } from '../../src/web/signature.ts'
import { takeKeyPair } from './key-pairs.ts'

type Members = Readonly<Record<string, unknown>>

export type ProofParts = {
  readonly header: Members
  readonly claims: Members
  /** The text of the header or of the claims, instead of the JSON of its members. */
  readonly headerText?: string
  readonly claimsText?: string
}

export type ProofHolder = {
  readonly alg: string
  /** The public key. */
  readonly jwk: JWK
  readonly privateJwk: JWK
  /** As jose calculates it. */
  readonly jkt: string
  /** Returns a proof with these claims, after a change. */
  readonly prove: (claims: Members, change?: (parts: ProofParts) => ProofParts) => Promise<string>
}

const encode = (text: string) => Buffer.from(text).toString('base64url')

export async function createProofHolder(alg = 'ES256'): Promise<ProofHolder> {
  const { publicKey, privateKey } = await takeKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  const privateJwk = await exportJWK(privateKey)
  const sign = await createSigner(privateJwk as SignatureKey, alg)
  return {
    alg,
    jwk,
    privateJwk,
    jkt: await calculateJwkThumbprint(jwk),
    async prove(claims, change = (parts) => parts) {
      const parts = change({ header: { typ: 'dpop+jwt', alg, jwk }, claims })
      const header = encode(parts.headerText ?? JSON.stringify(parts.header))
      const payload = encode(parts.claimsText ?? JSON.stringify(parts.claims))
      const signature = await sign(Buffer.from(`${header}.${payload}`))
      return `${header}.${payload}.${Buffer.from(signature).toString('base64url')}`
    },
  }
}
