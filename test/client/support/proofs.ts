/** Reads and checks the proofs that the client sends, independently of the code under test. */
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'

export type ReadProof = {
  readonly jkt: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Verifies a proof with jose and returns its claims. */
export async function readProof(proof: string | undefined): Promise<ReadProof> {
  const { jwk } = decodeProtectedHeader(proof ?? '') as { jwk?: JWK }
  if (jwk === undefined) throw new Error('the proof has no key')
  const key = await importJWK(jwk, 'ES256')
  const { payload } = await jwtVerify(proof ?? '', key, { typ: 'dpop+jwt' })
  return { jkt: await calculateJwkThumbprint(jwk), claims: payload }
}

export const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
