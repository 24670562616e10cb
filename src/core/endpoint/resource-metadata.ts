/**
 * The metadata that this gateway publishes for a resource that asks for it (RFC 9728), and which
 * resource a request for metadata means. Resources that do not ask are never found.
 */
import { protectedResourceMetadataUrl } from '../../protocol/paths.ts'
import type { CompiledTrust, Resource } from '../policy/compile/compiled.ts'
import { findResource } from '../policy/compile/resource-uri.ts'

/**
 * Returns the resource whose metadata is at this URL, or undefined. `url` has the scheme of the
 * gateway, the host that the request names, and the path as it was sent.
 */
export function findDescribedResource(
  { resources }: CompiledTrust,
  url: { readonly origin: string; readonly path: string },
  prefix: string,
): Resource | undefined {
  const found = findResource(resources, `${url.origin}${url.path.slice(prefix.length)}`)
  if (found?.metadata === undefined) return undefined
  // The look-up treats several spellings of a path as equal. Only one path is served (EXC-16).
  return pathOf(protectedResourceMetadataUrl(found.uri)) === url.path ? found : undefined
}

function pathOf(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3))
}

/** RFC 9728 §2. `resource` has the spelling of the trust document, as `aud` in tokens (PR-15). */
export function describeProtectedResource(
  { uri, scopes, metadata }: Resource,
  gatewayIssuer: string,
): Readonly<Record<string, unknown>> {
  return {
    resource: uri,
    authorization_servers: [gatewayIssuer],
    scopes_supported: [...scopes],
    bearer_methods_supported: ['header'],
    // RFC 9728 §3.2 forbids a member without a value (PR-17).
    ...(metadata?.name === undefined ? {} : { resource_name: metadata.name }),
    ...(metadata?.documentation === undefined
      ? {}
      : { resource_documentation: metadata.documentation }),
  }
}
