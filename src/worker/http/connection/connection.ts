/**
 * Reads what is known about a caller's connection. Only Cloudflare's `cf` object and its address
 * header are trusted, and the header only if the object is present. A local gateway reads neither,
 * because its caller could have written both (RULE-24). It reads what its own front says.
 */

import type { ProofContext } from '../../../core/evidence/proof/proof-context.ts'
import type { RequestContext } from '../../../core/policy/decide/decision-request.ts'
import { DPOP } from '../../../protocol/dpop/words.ts'
import { type Env, isLocalGateway } from '../../env.ts'
import { chooseRegion } from '../../trust-layers/layer/region.ts'
import { readFront } from './front.ts'

export function readContext(request: Request, env: Env): RequestContext {
  // Check this first: reading `cf` throws in workerd if a caller sent it as invalid JSON.
  if (isLocalGateway(env)) {
    const { ip, tls } = readFront(request, env) ?? {}
    return { ...(tls === undefined ? {} : { tls }), ...(ip === undefined ? {} : { ip }) }
  }
  const { cf } = request
  if (cf === undefined) return {}
  const { country, asn, tlsVersion } = cf
  const ip = readAddress(request, env)
  return {
    ...(typeof country === 'string' ? { country } : {}),
    ...(typeof asn === 'number' ? { asn } : {}),
    ...(typeof tlsVersion === 'string' && tlsVersion !== '' ? { tls: tlsVersion } : {}),
    ...(ip === null ? {} : { ip }),
  }
}

/** Returns the region in which this isolate runs; undefined if that is not known. */
export function readRegion(request: Request, env: Env): DurableObjectLocationHint | undefined {
  // Check this first, as in `readContext`.
  if (isLocalGateway(env) || request.cf === undefined) return undefined
  return chooseRegion(request.cf)
}

export function readAddress(request: Request, env: Env): string | null {
  if (isLocalGateway(env)) return readFront(request, env)?.ip ?? null
  return request.cf === undefined ? null : request.headers.get('cf-connecting-ip')
}

/**
 * Returns what a proof of possession is checked against. The certificate comes from the platform or
 * the front, and never from a header of the caller.
 */
export function readProofContext(request: Request, env: Env): ProofContext {
  return Object.freeze({
    method: request.method,
    dpop: request.headers.get(DPOP) ?? undefined,
    certificateSha256: readCertificate(request, env),
  })
}

function readCertificate(request: Request, env: Env): string | undefined {
  // Check this first, as in `readContext`.
  if (isLocalGateway(env)) return readFront(request, env)?.certificate
  const certificate = request.cf?.tlsClientAuth
  if (typeof certificate !== 'object' || certificate === null) return undefined
  // The platform made this object. A missing member is undefined.
  const { certVerified, certRevoked, certFingerprintSHA256 } = certificate as ClientCertificate
  if (certVerified !== 'SUCCESS' || certRevoked === '1') return undefined
  return certFingerprintSHA256
}

type ClientCertificate = Partial<IncomingRequestCfPropertiesTLSClientAuth>
