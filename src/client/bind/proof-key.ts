/**
 * A key that proves possession of issued tokens (RFC 9449). The private key cannot be exported, so it
 * never leaves the process.
 */
import { makeDpopProof } from '../../protocol/dpop/make-proof.ts'
import { thumbprintOf } from '../../protocol/dpop/proof-key.ts'
import { generateSigningPair, type SigningPair } from '../../web/signature.ts'
import { demand } from '../option-error.ts'

/** The request that a proof is for. */
export type ProvenRequest = {
  readonly method: string
  readonly url: string
  /** The token that is sent with the proof. Absent for a request to a gateway. */
  readonly accessToken?: string | undefined
  /** The last `DPoP-Nonce` of the server. */
  readonly nonce?: string | undefined
}

/** A key for DPoP proofs. `createProofKey` makes it. */
export type ProofKey = {
  /** Returns a new proof, which is the value of the `DPoP` header of one request. */
  readonly prove: (request: ProvenRequest) => Promise<string>
  /** Returns the thumbprint of the key (RFC 7638), which is `cnf.jkt` of the tokens bound to it. */
  readonly thumbprint: () => Promise<string>
}

/**
 * Creates a key for DPoP proofs (RFC 9449), to exchange tokens that only its holder can use. The key
 * pair (ES256) is generated at first use, with WebCrypto, and cannot be exported.
 *
 * @example
 * const proofKey = createProofKey()
 * const { accessToken } = await exchange({ url, subjectToken, resource, proofKey })
 * const proof = await proofKey.prove({ method: 'GET', url: apiUrl, accessToken })
 */
export function createProofKey(): ProofKey {
  let pair: SigningPair | undefined

  /** Keeps only the finished key: on Workers a promise belongs to the request that made it. */
  async function findPair(): Promise<SigningPair> {
    if (pair !== undefined) return pair
    const made = await generateSigningPair('ES256')
    // Another request may have made one meanwhile, and may have used it.
    pair ??= made
    return pair
  }

  return {
    async prove(request) {
      // JavaScript callers can leave out what TypeScript requires.
      demand(
        request?.method && /^https?:/i.test(request.url),
        'method and absolute url must be set',
      )
      const now = Math.floor(Date.now() / 1000)
      return makeDpopProof(await findPair(), { ...request, now, jti: crypto.randomUUID() })
    },
    async thumbprint() {
      return thumbprintOf((await findPair()).key)
    },
  }
}
