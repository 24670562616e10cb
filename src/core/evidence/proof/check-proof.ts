/**
 * Checks the DPoP proof of a request to the token endpoint, with its nonce. Whether a token is bound
 * is decided in `bind.ts`. The mark of the proof is set last, after the decision.
 */
import { checkDpopProof, type DpopProof } from '../../../protocol/dpop/check-proof.ts'
import { PATHS } from '../../../protocol/paths.ts'
import type { Result } from '../../../web/result.ts'
import type { VerifySignature } from '../../../web/signature.ts'
import { type Denial, deny } from '../../denial.ts'
import { REPLAY_MARGIN_SECONDS } from '../../limits.ts'
import type { CheckNonce, Sha256 } from '../../ports.ts'
import type { Mark } from '../../use-ports.ts'

export type ProofPorts = {
  readonly gatewayIssuer: string
  readonly verifySignature: VerifySignature
  readonly checkNonce: CheckNonce
}

export type ProofOutcome = {
  readonly result: Result<DpopProof, Denial>
  /** The nonce for the next proof. */
  readonly nonce?: string | undefined
}

/** The method of the token endpoint is fixed, and its URL is that of the issuer. */
export async function checkTokenProof(
  proof: string,
  { gatewayIssuer, verifySignature, checkNonce }: ProofPorts,
  now: number,
): Promise<ProofOutcome> {
  const expected = { method: 'POST', url: `${gatewayIssuer}${PATHS.token}`, now }
  const result = await checkDpopProof(proof, expected, verifySignature)
  if (!result.ok) return { result: deny({ reason: 'dpop_proof_invalid', at: result.error }) }
  const { isAccepted, next } = await checkNonce(result.value.nonce, now)
  if (isAccepted) return { result, nonce: next }
  const nonce = result.value.nonce === undefined ? 'missing' : 'unknown'
  return { result: deny({ reason: 'dpop_nonce_required', facts: { nonce } }), nonce: next }
}

/**
 * Returns the mark of a proof that was used. It names the key too, so that no other client can use up
 * an id. The id is hashed, as RFC 9449 §11.1 recommends.
 */
export async function proofMark(
  { jkt, jti, htu, endsAt }: DpopProof,
  sha256: Sha256,
): Promise<Mark> {
  // The first member keeps it apart from the keys of other marks.
  const key = await sha256(JSON.stringify(['dpop', jkt, jti, htu]))
  return { key, until: endsAt + REPLAY_MARGIN_SECONDS }
}
