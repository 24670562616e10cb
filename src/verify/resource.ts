/**
 * What an API says about itself to clients that met its challenge (RFC 9728): which gateway issues
 * its tokens, and which scopes there are. All of it is fixed when it is made; no request changes it.
 */
import { protectedResourceMetadataUrl } from '../protocol/paths.ts'
import { findGatewayIssuerFault } from '../web/issuer-url.ts'
import { demand, demandNames } from './demand.ts'
import { isResourceUrl } from './keys/address.ts'
import { METADATA_MAX_AGE_SECONDS } from './limits.ts'
import { isScope } from './options.ts'

/** Options of `describeResource`. */
export type ResourceOptions = {
  /** The URL of this API, as the gateway's trust document names the resource. */
  readonly resource: string
  /** Issuer URLs of the gateways that issue tokens for it. */
  readonly authorizationServers: readonly string[]
  /** Scopes a client may ask for. Default: not said. */
  readonly scopes?: readonly string[] | undefined
  /** What people call it. Default: not said. */
  readonly name?: string | undefined
  /** URL of a page for its developers. Default: not said. */
  readonly documentation?: string | undefined
}

/** The document of RFC 9728 §2, as it goes over the wire. */
export type ResourceMetadata = {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly scopes_supported?: readonly string[]
  readonly resource_name?: string
  readonly resource_documentation?: string
}

/** Made by `describeResource`. */
export type ResourceDescription = {
  /** Where the metadata is served: the option `resourceMetadata` of a verifier. */
  readonly url: string
  readonly metadata: ResourceMetadata
  /** The answer to a request for the metadata; undefined for every other path. */
  readonly respond: (request: Pick<Request, 'method' | 'url'>) => Response | undefined
}

const OPTION_NAMES = {
  resource: true,
  authorizationServers: true,
  scopes: true,
  name: true,
  documentation: true,
} satisfies Record<keyof ResourceOptions, true>

/**
 * Describes an API to its clients (RFC 9728). `url` is made from the resource identifier as §3.1
 * says; `respond` serves the document there, for any origin (CORS), cacheable for five minutes.
 *
 * @throws TypeError at once when an option is wrong; the sentence names it.
 *
 * @example
 * const resource = describeResource({ resource: audience, authorizationServers: [issuer] })
 * const verifier = createVerifier({ issuer, audience, resourceMetadata: resource.url })
 */
export function describeResource(options: ResourceOptions): ResourceDescription {
  demandNames(options, OPTION_NAMES)
  const { resource, authorizationServers, scopes = [], name, documentation } = options
  demand(isResourceUrl(resource), 'resource must be an https URL without a fragment')
  demand(
    Array.isArray(authorizationServers) &&
      authorizationServers.length > 0 &&
      authorizationServers.every(isIssuer),
    'authorizationServers must be a list of issuer URLs',
  )
  demand(Array.isArray(scopes) && scopes.every(isScope), 'scopes must be a list of single scopes')
  demand(name === undefined || (typeof name === 'string' && name !== ''), 'name must be a text')
  demand(documentation === undefined || isResourceUrl(documentation), 'documentation must be a URL')
  const metadata: ResourceMetadata = Object.freeze({
    resource,
    authorization_servers: Object.freeze([...authorizationServers]),
    bearer_methods_supported: Object.freeze(['header'] as const),
    // RFC 9728 §3.2 forbids a member without values (PR-17).
    ...(scopes.length === 0 ? {} : { scopes_supported: Object.freeze([...new Set(scopes)]) }),
    ...(name === undefined ? {} : { resource_name: name }),
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
  })
  const url = protectedResourceMetadataUrl(resource)
  const { pathname, search } = new URL(url)
  const body = JSON.stringify(metadata)
  return Object.freeze({
    url,
    metadata,
    respond: (request: Pick<Request, 'method' | 'url'>) => {
      const asked = new URL(request.url)
      if (asked.pathname !== pathname) return undefined
      // Only an identifier with a query has its query looked at.
      if (search !== '' && asked.search !== search) return undefined
      return answer(request.method, body)
    },
  })
}

function isIssuer(value: unknown): boolean {
  return typeof value === 'string' && findGatewayIssuerFault(value) === undefined
}

function answer(method: string, body: string): Response {
  // Public words: any page may read them, and none can send credentials along.
  const headers = { 'access-control-allow-origin': '*' }
  if (method === 'OPTIONS') {
    const allowed = {
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': '*',
      'access-control-max-age': String(METADATA_MAX_AGE_SECONDS),
    }
    return new Response(null, { status: 204, headers: { ...headers, ...allowed } })
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { ...headers, allow: 'GET, HEAD, OPTIONS' } })
  }
  return new Response(method === 'HEAD' ? null : body, {
    headers: {
      ...headers,
      'content-type': 'application/json',
      'cache-control': `public, max-age=${METADATA_MAX_AGE_SECONDS}`,
      'x-content-type-options': 'nosniff',
    },
  })
}
