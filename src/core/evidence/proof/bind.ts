/**
 * Decides whether a token is bound, and to what: to the key of a DPoP proof, or to the client
 * certificate of the connection. A token that descends from a bound one keeps the binding (EXC-09).
 */
import type { DpopProof } from '../../../protocol/dpop/check-proof.ts'
import { type Confirmation, readConfirmation } from '../../../protocol/token.ts'
import { encodeBase64Url } from '../../../web/base64.ts'
import { ok, type Result } from '../../../web/result.ts'
import { type Denial, deny } from '../../denial.ts'

export type Possession = {
  /** What the resource demands. */
  readonly demand: 'required' | 'optional' | 'none'
  /** The proof that was checked, if one was sent. */
  readonly proof: DpopProof | undefined
  /** Hex SHA-256 of the verified client certificate. */
  readonly certificateSha256: string | undefined
  /** Whether the deployment binds tokens to certificates. */
  readonly bindsCertificates: boolean
  /** The claims of the token of this gateway that is exchanged. */
  readonly parent: object | undefined
}

const UNBOUND = ok(undefined)

export function bind(possession: Possession): Result<Confirmation | undefined, Denial> {
  const { demand, proof, parent } = possession
  if (parent !== undefined && Object.hasOwn(parent, 'cnf')) return keepBinding(possession, parent)
  if (proof !== undefined) {
    if (demand === 'none') return deny({ reason: 'dpop_proof_unsupported' })
    return ok({ jkt: proof.jkt })
  }
  if (demand !== 'required') return UNBOUND
  const thumbprint = thumbprintOf(possession)
  // Otherwise a client that leaves out the header would get a token that anyone can use (DPOP-04).
  if (thumbprint === undefined) return deny({ reason: 'dpop_proof_missing' })
  return ok({ 'x5t#S256': thumbprint })
}

/** The holder of a bound token proves the same key again, and the new token is bound to it. */
function keepBinding(
  possession: Possession,
  parent: { readonly cnf?: unknown },
): Result<Confirmation, Denial> {
  const { demand, proof } = possession
  const held = readConfirmation(parent.cnf)
  if (held === undefined) return deny({ reason: 'token_bound' })
  if (demand === 'none') return deny({ reason: 'dpop_proof_unsupported' })
  if ('jkt' in held) {
    if (proof === undefined) return deny({ reason: 'dpop_proof_missing' })
    return proof.jkt === held.jkt ? ok(held) : deny({ reason: 'dpop_proof_invalid', at: 'jkt' })
  }
  // The token stays bound to the certificate alone, so the proof would bind nothing.
  if (proof !== undefined) return deny({ reason: 'dpop_proof_unsupported' })
  return thumbprintOf(possession) === held['x5t#S256'] ? ok(held) : deny({ reason: 'token_bound' })
}

const SHA256_HEX = /^[\da-f]{64}$/i

/** `x5t#S256` of the certificate (RFC 8705 §3.1). */
function thumbprintOf({ certificateSha256, bindsCertificates }: Possession): string | undefined {
  if (!bindsCertificates) return undefined
  return certificateThumbprint(certificateSha256)
}

/** Converts hex digits to base64url. Undefined for any other text. */
export function certificateThumbprint(sha256: string | undefined): string | undefined {
  if (sha256 === undefined || !SHA256_HEX.test(sha256)) return undefined
  const octets = sha256.match(/../g) ?? []
  return encodeBase64Url(Uint8Array.from(octets, (octet) => Number.parseInt(octet, 16)))
}
