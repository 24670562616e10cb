/**
 * Finds a resource under any equivalent spelling of its URI or of another of its names, and
 * recognizes the gateway's own URI. `protocol/resource-uri.ts` defines which spellings are equivalent.
 */
import { canonicalResource } from '../../../protocol/resource-uri.ts'
import type { CompiledTrust, Resource } from './compiled.ts'

/** The resource with this URI, in any equivalent spelling. */
export function findResource(
  resources: ReadonlyMap<string, Resource>,
  uri: string,
): Resource | undefined {
  return resources.get(canonicalResource(uri))
}

/** The resource that a request names: by its URI, its audience or another of its names. */
export function findTarget(
  { targets }: Pick<CompiledTrust, 'targets'>,
  name: string,
): Resource | undefined {
  return targets.get(canonicalResource(name))
}

/** Whether this is the URI of the resource, its audience or another of its names. */
export function isNameOf({ uri, audience, alsoKnownAs }: Resource, name: string): boolean {
  const canonical = canonicalResource(name)
  return [uri, audience, ...alsoKnownAs].some((own) => canonicalResource(own) === canonical)
}

/** The resource with this other name, for a message. A rule names a resource by its URI alone. */
export function findNamed(
  resources: ReadonlyMap<string, Resource>,
  name: string,
): Resource | undefined {
  return [...resources.values()].find((resource) => isNameOf(resource, name))
}

/** DNS reads the dot at the end of a host as the root. The URL of a gateway never has one. */
const FINAL_DOT = /^(https?:\/\/[^/?:]*)\.(?=[/:]|$)/

/**
 * Whether a resource is the gateway itself, with or without a trailing slash or a dot at the end of
 * its host. The exchange and the compiler both use this function. Otherwise the rules of a trust
 * document could grant the admin API under another spelling (ADM-03).
 */
export function isGatewayResource(uri: string, gatewayIssuer: string): boolean {
  const canonical = canonicalResource(uri).replace(FINAL_DOT, '$1')
  return withoutSlash(canonical) === withoutSlash(canonicalResource(gatewayIssuer))
}

function withoutSlash(uri: string): string {
  return uri.endsWith('/') ? uri.slice(0, -1) : uri
}
