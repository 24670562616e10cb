/**
 * Fetches the metadata of a gateway, then the key set that the metadata names. Both requests share
 * one time limit and go only to the issuer's origin. The file keeps nothing between calls.
 */

import { authorizationServerMetadataUrl, openidConfigurationUrl } from '../../protocol/paths.ts'
import { isJsonObject } from '../../web/json.ts'
import { GATEWAY_TIMEOUT_MILLISECONDS } from '../limits.ts'
import type { GatewayFault } from '../verification-error.ts'
import { readOwnAddress } from './address.ts'
import { type Fetched, fetchJson } from './fetch-json.ts'
import { type KeySet, parseKeySet } from './key-set.ts'

/** The keys and the endpoint of a gateway at one time. */
export type GatewayDescription = {
  readonly keys: KeySet
  /** Undefined if the metadata has no such endpoint, or one with another origin. */
  readonly introspectionEndpoint: string | undefined
}

export type Discovered =
  | { readonly ok: true; readonly gateway: GatewayDescription }
  | { readonly ok: false; readonly fault: GatewayFault }

type Get = (url: string) => Promise<Fetched>

/** Never throws: every failure is returned as a named fault. */
export async function discover(
  issuer: string,
  fetch: typeof globalThis.fetch,
): Promise<Discovered> {
  const signal = AbortSignal.timeout(GATEWAY_TIMEOUT_MILLISECONDS)
  const get: Get = (url) => fetchJson({ url }, fetch, signal)
  const metadata = await getMetadata(issuer, get)
  if (!metadata.ok) return metadata
  const document = metadata.value
  // RFC 8414 §3.3: the document of another issuer would bring the keys of another issuer (NET-05).
  if (!isJsonObject(document) || document.issuer !== issuer) return fail('metadata_issuer_mismatch')
  const jwksUri = readOwnAddress(document.jwks_uri, issuer)
  if (jwksUri === undefined) return fail('jwks_address_refused')
  const keySet = await get(jwksUri)
  if (!keySet.ok) return keySet
  const keys = await parseKeySet(keySet.value)
  if (keys === undefined) return fail('key_set_unusable')
  const introspectionEndpoint = readOwnAddress(document.introspection_endpoint, issuer)
  return { ok: true, gateway: { keys, introspectionEndpoint } }
}

/**
 * Gets the metadata. OpenID Connect Discovery appends the well-known path to the issuer, and RFC 8414
 * inserts it after the host. A gateway below a path may serve only one of the two documents.
 */
async function getMetadata(issuer: string, get: Get): Promise<Fetched> {
  const openid = await get(openidConfigurationUrl(issuer))
  if (openid.ok || openid.status !== 404) return openid
  return get(authorizationServerMetadataUrl(issuer))
}

function fail(fault: GatewayFault): Discovered {
  return { ok: false, fault }
}
