/**
 * Finds a resource under any spelling of its URI, and tells the gateway's own from all others. What
 * counts as another spelling is said in `protocol/resource-uri.ts`.
 */
import { canonicalResource } from '../../../protocol/resource-uri.ts'
import type { Resource } from './compiled.ts'

/** The resource that a request, a rule or a proxy names, whichever way it spells it. */
export function findResource(
  resources: ReadonlyMap<string, Resource>,
  uri: string,
): Resource | undefined {
  return resources.get(canonicalResource(uri))
}

/**
 * Whether a resource is the gateway itself, with or without a slash at its end. The exchange and
 * the compiler both ask this function. Otherwise the rules of a trust document could grant the
 * admin API under another spelling (ADM-03).
 */
export function isGatewayResource(uri: string, gatewayIssuer: string): boolean {
  return withoutSlash(canonicalResource(uri)) === withoutSlash(canonicalResource(gatewayIssuer))
}

function withoutSlash(uri: string): string {
  return uri.endsWith('/') ? uri.slice(0, -1) : uri
}
