/**
 * The metadata of an API for clients that received its challenge (RFC 9728): which gateway issues its
 * tokens, and which scopes exist. The metadata is created once and does not depend on the request.
 */
import { DPOP_ALGORITHMS } from '../protocol/dpop/words.ts'
import { protectedResourceMetadataUrl } from '../protocol/paths.ts'
import { findGatewayIssuerFault } from '../web/issuer-url.ts'
import { parseRequestUrl } from './authorization.ts'
import { demand, demandNames } from './demand.ts'
import { isResourceUrl } from './keys/address.ts'
import { METADATA_MAX_AGE_SECONDS } from './limits.ts'
import { isScope } from './options.ts'
import { demandProofOfPossession } from './proof/proof-options.ts'

/** Options of `describeResource`. */
export type ResourceOptions = {
  /** The URL of this API: the resource in the gateway's trust document. */
  readonly resource: string
  /** The issuer URLs of the gateways that issue tokens for this API. */
  readonly authorizationServers: readonly string[]
  /** Scopes that a client may request. Default: left out. */
  readonly scopes?: readonly string[] | undefined
  /** A name for people. Default: left out. */
  readonly name?: string | undefined
  /** The URL of a page for developers. Default: left out. */
  readonly documentation?: string | undefined
  /**
   * As the option of the verifier. `'required'`: clients must use DPoP (RFC 9449). `'optional'`: they
   * can. Default: left out.
   */
  readonly proofOfPossession?: 'required' | 'optional' | undefined
}

/** The metadata document of RFC 9728 §2. */
export type ResourceMetadata = {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly scopes_supported?: readonly string[]
  readonly resource_name?: string
  readonly resource_documentation?: string
  readonly dpop_signing_alg_values_supported?: readonly string[]
  readonly dpop_bound_access_tokens_required?: true
}

/** The result of `describeResource`. */
export type ResourceDescription = {
  /** The URL of the metadata, for the option `resourceMetadata` of a verifier. */
  readonly url: string
  readonly metadata: ResourceMetadata
  /** Answers a request for the metadata. Returns undefined for any other path. */
  readonly respond: (request: Pick<Request, 'method' | 'url'>) => Response | undefined
}

const OPTION_NAMES = {
  resource: true,
  authorizationServers: true,
  scopes: true,
  name: true,
  documentation: true,
  proofOfPossession: true,
} satisfies Record<keyof ResourceOptions, true>

/**
 * Describes an API to its clients (RFC 9728). `url` is the well-known URL of the resource (§3.1).
 * `respond` serves the document there to any origin (CORS). Clients may cache it for five minutes.
 *
 * @throws TypeError if an option is wrong. The message names the option.
 *
 * @example
 * const resource = describeResource({ resource: audience, authorizationServers: [issuer] })
 * const verifier = createVerifier({ issuer, audience, resourceMetadata: resource.url })
 */
export function describeResource(options: ResourceOptions): ResourceDescription {
  demandNames(options, OPTION_NAMES)
  const { resource, authorizationServers, scopes = [], name, documentation } = options
  const { proofOfPossession } = options
  demand(isResourceUrl(resource), 'resource must be an https URL without a fragment')
  demand(
    Array.isArray(authorizationServers) &&
      authorizationServers.length > 0 &&
      authorizationServers.every(isIssuer),
    'authorizationServers must be a list of issuer URLs',
  )
  demand(Array.isArray(scopes) && scopes.every(isScope), 'scopes must be a list of single scopes')
  demand(name === undefined || (typeof name === 'string' && name !== ''), 'name must be a string')
  demand(documentation === undefined || isResourceUrl(documentation), 'documentation must be a URL')
  demandProofOfPossession(proofOfPossession)
  const metadata: ResourceMetadata = Object.freeze({
    resource,
    authorization_servers: Object.freeze([...authorizationServers]),
    bearer_methods_supported: Object.freeze(['header'] as const),
    // RFC 9728 §3.2 forbids a member without values (PR-17).
    ...(scopes.length === 0 ? {} : { scopes_supported: Object.freeze([...new Set(scopes)]) }),
    ...(name === undefined ? {} : { resource_name: name }),
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
    ...(proofOfPossession === undefined
      ? {}
      : { dpop_signing_alg_values_supported: DPOP_ALGORITHMS }),
    ...(proofOfPossession === 'required' ? { dpop_bound_access_tokens_required: true } : {}),
  })
  const url = protectedResourceMetadataUrl(resource)
  const { pathname, search } = new URL(url)
  const body = JSON.stringify(metadata)
  return Object.freeze({
    url,
    metadata,
    respond: (request: Pick<Request, 'method' | 'url'>) => {
      const asked = parseRequestUrl(request.url)
      if (asked?.pathname !== pathname) return undefined
      // The query is compared only if the identifier has one.
      if (search !== '' && asked.search !== search) return undefined
      return answer(request.method, body)
    },
  })
}

function isIssuer(value: unknown): boolean {
  return typeof value === 'string' && findGatewayIssuerFault(value) === undefined
}

function answer(method: string, body: string): Response {
  // The document is public: any web page may read it, and none can send credentials with the request.
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
