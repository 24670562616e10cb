/**
 * What is known of a caller's connection. Cloudflare alone vouches for the `cf` object and for the
 * address header: without the one the other is not read, and on one machine both are what the
 * caller wrote, so that nothing is known there (RULE-24).
 */
import type { RequestContext } from '../../core/policy/decide/decision-request.ts'
import { type Env, isLocalGateway } from '../config.ts'

export function readContext(request: Request, env: Env): RequestContext {
  // Asked first: workerd throws at `cf` when a caller wrote what is no JSON.
  if (isLocalGateway(env)) return {}
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

export function readAddress(request: Request, env: Env): string | null {
  if (isLocalGateway(env)) return null
  return request.cf === undefined ? null : request.headers.get('cf-connecting-ip')
}
