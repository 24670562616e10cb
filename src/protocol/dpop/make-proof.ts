/** Makes DPoP proofs (RFC 9449 §4.2). The private key stays with its signer. */
import { encodeBase64Url } from '../../web/base64.ts'
import type { SigningPair } from '../../web/signature.ts'
import { hashAccessToken } from './check-proof.ts'
import { DPOP_PROOF_TYP } from './words.ts'

export type ProofRequest = {
  readonly method: string
  /** The URL of the request. The proof has it without user, query and fragment. */
  readonly url: string
  /** Epoch seconds. */
  readonly now: number
  /** A new, unpredictable id. RFC 9449 §4.2 asks for at least 96 random bits. */
  readonly jti: string
  /** The token that is presented with the proof. */
  readonly accessToken?: string | undefined
  /** The last `DPoP-Nonce` of the server. */
  readonly nonce?: string | undefined
}

const encoder = new TextEncoder()

/** @throws where the platform cannot sign. */
export async function makeDpopProof(
  { key, alg, sign }: SigningPair,
  { method, url, now, jti, accessToken, nonce }: ProofRequest,
): Promise<string> {
  // As the HTTP client sends it: a server does not accept letters outside ASCII, or a user name.
  const target = new URL(url)
  const claims = {
    jti,
    htm: method,
    htu: target.origin + target.pathname,
    iat: now,
    // JSON leaves out members that are undefined.
    ath: accessToken === undefined ? undefined : hashAccessToken(accessToken),
    nonce,
  }
  const header = { typ: DPOP_PROOF_TYP, alg, jwk: key }
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${encodeBase64Url(await sign(encoder.encode(signed)))}`
}

function encode(value: object): string {
  return encodeBase64Url(encoder.encode(JSON.stringify(value)))
}
