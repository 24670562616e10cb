/**
 * Reads the token that authenticates a caller of this gateway, and checks that a bound one is proven:
 * at the admin API, `/introspect` and `/revoke`. A bound token is never accepted as a bearer token
 * (DP-21), and a token that is not bound never with a proof.
 */
import { parseBearer, parseDpopToken } from '../../../protocol/bearer.ts'
import { checkDpopProof } from '../../../protocol/dpop/check-proof.ts'
import { readConfirmation } from '../../../protocol/token.ts'
import type { VerifySignature } from '../../../web/signature.ts'
import type { CheckNonce, Sha256 } from '../../ports.ts'
import type { ClaimReplay } from '../../use-ports.ts'
import { certificateThumbprint } from './bind.ts'
import { proofMark } from './check-proof.ts'
import type { ProofContext } from './proof-context.ts'

export type CallerToken = { readonly scheme: 'Bearer' | 'DPoP'; readonly token: string }

/**
 * Returns the token, or undefined for another scheme or a malformed value. Otherwise credentials of
 * another kind could be read as a token (EXC-17).
 */
export function readCallerToken(authorization: string | undefined): CallerToken | undefined {
  const reading = parseBearer(authorization)
  if (reading.kind === 'bearer') return { scheme: 'Bearer', token: reading.token }
  const token = parseDpopToken(authorization)
  return token === undefined ? undefined : { scheme: 'DPoP', token }
}

export type CallerPorts = {
  /** The configured URL of the endpoint. */
  readonly url: string
  readonly now: number
  readonly verifySignature: VerifySignature
  readonly checkNonce: CheckNonce
  readonly claimReplay: ClaimReplay
  readonly sha256: Sha256
}

/** The errors of RFC 9449 §7.1. */
type CallerFault = 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce'

export type CallerOutcome = {
  /** Undefined if the caller may use the token. */
  readonly fault?: CallerFault
  /** The nonce for the next proof. */
  readonly nonce?: string | undefined
}

const PROVEN: CallerOutcome = {}

/** `claims` are those of the verified token. Throws `Unavailable` if the proof cannot be marked. */
export async function checkCaller(
  claims: object,
  { scheme, token }: CallerToken,
  context: ProofContext,
  ports: CallerPorts,
): Promise<CallerOutcome> {
  const isBound = Object.hasOwn(claims, 'cnf')
  const held = isBound ? readConfirmation((claims as { readonly cnf?: unknown }).cnf) : undefined
  const isForProof = held !== undefined && 'jkt' in held
  if (isForProof !== (scheme === 'DPoP')) return { fault: 'invalid_token' }
  if (!isBound) return PROVEN
  if (held === undefined) return { fault: 'invalid_token' }
  if ('jkt' in held) return checkCallerProof(held.jkt, token, context, ports)
  const isSame = certificateThumbprint(context.certificateSha256) === held['x5t#S256']
  return isSame ? PROVEN : { fault: 'invalid_token' }
}

async function checkCallerProof(
  jkt: string,
  accessToken: string,
  { method, dpop }: ProofContext,
  { url, now, verifySignature, checkNonce, claimReplay, sha256 }: CallerPorts,
): Promise<CallerOutcome> {
  if (dpop === undefined) return { fault: 'invalid_dpop_proof' }
  const checked = await checkDpopProof(
    dpop,
    { method, url, now, accessToken, jkt },
    verifySignature,
  )
  if (!checked.ok) return { fault: 'invalid_dpop_proof' }
  const { isAccepted, next } = await checkNonce(checked.value.nonce, now)
  if (!isAccepted) return { fault: 'use_dpop_nonce', nonce: next }
  const isFirst = await claimReplay(await proofMark(checked.value, sha256))
  return isFirst ? { nonce: next } : { fault: 'invalid_dpop_proof', nonce: next }
}
