/** The words of DPoP (RFC 9449) that gateway, verifier and clients share. */
import { SIGNING_ALGORITHMS } from '../token.ts'

/** The header field of a proof (§4.1), and the authentication scheme (§7.1). */
export const DPOP = 'DPoP'
/** §8.1. */
export const DPOP_NONCE = 'DPoP-Nonce'
/** The header `typ` of a proof (§4.2). */
export const DPOP_PROOF_TYP = 'dpop+jwt'

/** The algorithms of proofs. All of them are asymmetric (§4.3). */
export const DPOP_ALGORITHMS: readonly string[] = SIGNING_ALGORITHMS
