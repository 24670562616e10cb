/**
 * Checks that the caller holds the key to which a token is bound: by a DPoP proof (RFC 9449 §7) or by
 * the client certificate of the connection (RFC 8705 §3). The token itself was verified before.
 */
import { checkDpopProof, type DpopProof } from '../../protocol/dpop/check-proof.ts'
import { createProofMemory, proofIdOf } from '../../protocol/dpop/proof-memory.ts'
import { DPOP } from '../../protocol/dpop/words.ts'
import { readConfirmation } from '../../protocol/token.ts'
import { createSignatureVerifier } from '../../web/signature.ts'
import {
  type PresentedToken,
  parseRequestUrl,
  requestOf,
  type TokenCarrier,
} from '../authorization.ts'
import { MAX_REMEMBERED_PROOFS } from '../limits.ts'
import type { VerifierSettings } from '../options.ts'
import { invalidToken, type VerificationCode, VerificationError } from '../verification-error.ts'
import { isSameCertificate } from './certificate.ts'
import { createNonces } from './nonces.ts'

/** The result of a check: a nonce for the next proof of the caller, if it needs a new one. */
type BindingOutcome = { readonly nextNonce?: string }

/**
 * Checks the claim `cnf` of a verified token. Throws `invalid_token`, `invalid_dpop_proof`,
 * `use_dpop_nonce`, or `proofs_unavailable`.
 */
export type CheckBinding = (
  cnf: unknown,
  presented: PresentedToken,
  requirement: VerifierSettings['proof']['proofOfPossession'],
) => Promise<BindingOutcome>

const UNBOUND: BindingOutcome = {}

export function createBindingCheck(settings: VerifierSettings): CheckBinding {
  const { now, audience, proof } = settings
  const verifySignature = createSignatureVerifier()
  const claimInMemory = createProofMemory(MAX_REMEMBERED_PROOFS)
  const nonces = proof.proofNonce && createNonces(proof.proofNonce, audience)
  /** The proof that each request has used. A second guard of the same request accepts it again. */
  const used = new WeakMap<object, string>()

  async function checkProof(
    jkt: string,
    { token }: PresentedToken,
    carrier: TokenCarrier,
  ): Promise<DpopProof> {
    const header = carrier.headers.get('dpop')
    if (header === null) throw refuseProof('proof_missing')
    const method = carrier.method ?? ''
    const path = parseRequestUrl(carrier.url)?.pathname ?? ''
    let fault: Parameters<typeof refuseProof>[0] = 'proof_htu'
    // A proxy that removes `/v1` sends `/` for both `/v1` and `/v1/`.
    const paths = path === '/' ? [path, ''] : [path]
    for (const url of proof.publicUrls.flatMap((base) => paths.map((one) => base + one))) {
      const expected = { method, url, now: now(), accessToken: token, jkt }
      const checked = await checkDpopProof(header, expected, verifySignature)
      if (checked.ok) return checked.value
      fault = `proof_${checked.error}`
      // Another URL of this API changes nothing about any other fault.
      if (checked.error !== 'htu') break
    }
    throw refuseProof(fault)
  }

  /** Returns a new nonce if the caller needs one. */
  async function checkNonce(nonce: string | undefined): Promise<BindingOutcome> {
    if (nonces === undefined) return UNBOUND
    const at = now()
    const verdict = await nonces.check(nonce, at)
    if (verdict === 'valid') return UNBOUND
    const nextNonce = await nonces.make(at)
    if (verdict === 'stale') return { nextNonce }
    throw refuseProof('proof_nonce', 'use_dpop_nonce', nextNonce)
  }

  async function claimOnce(checked: DpopProof, carrier: TokenCarrier): Promise<void> {
    const request = requestOf(carrier)
    const id = proofIdOf(checked)
    if (request !== undefined && used.get(request) === id) return
    const claim = claimInMemory(checked, now())
    if (claim === 'forgotten') throw refuseProof('proof_iat')
    const isFirst = claim === 'new' && (await claimInStore(checked))
    if (!isFirst) throw refuseProof('proof_replayed')
    if (request !== undefined) used.set(request, id)
  }

  async function claimInStore(checked: DpopProof): Promise<boolean> {
    if (proof.claimProof === undefined) return true
    try {
      return (await proof.claimProof(proofIdOf(checked), checked.endsAt)) === true
    } catch {
      // Without the store, a proof that another process has accepted would pass (DPOP-02).
      throw new VerificationError('proofs_unavailable', 'proof_store_failed')
    }
  }

  async function checkDpop(jkt: string, presented: PresentedToken): Promise<BindingOutcome> {
    const { scheme, carrier } = presented
    // Whoever stole the token has no proof, so it must be worthless without one (DP-21, PR-13).
    if (scheme !== DPOP || carrier === undefined || proof.publicUrls.length === 0) {
      throw invalidToken('token_bound')
    }
    const checked = await checkProof(jkt, presented, carrier)
    const outcome = await checkNonce(checked.nonce)
    await claimOnce(checked, carrier)
    return outcome
  }

  function checkCertificate(digest: string, { carrier }: PresentedToken): void {
    const { clientCertificate } = proof
    // Without the callback, nothing is known about the connection.
    if (clientCertificate === undefined || carrier === undefined) throw invalidToken('token_bound')
    const found = clientCertificate((carrier.source ?? carrier) as never)
    if (!isSameCertificate(found, digest)) throw invalidToken('certificate_mismatch')
  }

  return async (cnf, presented, requirement) => {
    if (cnf === undefined) {
      // A token without a binding proves nothing, so the scheme `DPoP` would be false (DPOP-04).
      if (presented.scheme === DPOP || requirement === 'required') {
        throw invalidToken('token_not_bound')
      }
      return UNBOUND
    }
    const held = readConfirmation(cnf)
    // RFC 7800 §3.1 has other kinds of keys. This verifier cannot check them.
    if (held === undefined) throw invalidToken('token_bound')
    if ('jkt' in held) return checkDpop(held.jkt, presented)
    // A token that is bound to a certificate is a bearer token (RFC 8705 §3).
    if (presented.scheme === DPOP) throw invalidToken('token_not_bound')
    checkCertificate(held['x5t#S256'], presented)
    return UNBOUND
  }
}

function refuseProof(
  reason: VerificationError['reason'],
  code: VerificationCode = 'invalid_dpop_proof',
  nonce?: string,
): VerificationError {
  return new VerificationError(code, reason, nonce)
}
