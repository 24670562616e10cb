/**
 * Fetches the key set of one issuer through its discovery document (OpenID Connect Discovery §4),
 * or the bundle of a SPIFFE trust domain from its endpoint: bounded in bytes and time, without
 * redirects, from the issuer's own host alone. Says how it failed with a word of ours; nothing
 * that the other side sent is repeated. Keeping keys is `issuer-keys.ts`' work.
 */
import {
  findKeySetAlerts,
  type KeySetAlert,
  type PublicKey,
  parseKeySet,
} from '../../core/issuer-keys.ts'
import { bundleEndpointOf } from '../../core/key-source.ts'
import { KEY_FETCH_TIMEOUT_MILLISECONDS, KEY_SET_MAX_BYTES } from '../../core/limits.ts'
import { findIssuerUrlFault } from '../../core/rules/issuer-url.ts'
import { openidConfigurationUrl } from '../../protocol/paths.ts'
import { decodeUtf8, joinBytes } from '../body.ts'

export type KeyFetchFault =
  | 'address_refused'
  | 'unreachable'
  | 'timed_out'
  | 'redirected'
  | 'status_not_200'
  | 'too_large'
  | 'not_json'
  | 'issuer_mismatch'
  | 'jwks_uri_refused'
  | 'not_a_key_set'
  | 'no_usable_key'
  | 'bundle_went_back'

export type FetchedKeys =
  | {
      readonly ok: true
      readonly keys: readonly PublicKey[]
      /** Epoch seconds on the issuer's own clock; null when it does not say. */
      readonly dateAt: number | null
      /** What a SPIFFE bundle says of itself; null where it says nothing. */
      readonly sequence: number | null
      readonly refreshHint: number | null
      readonly alerts: readonly KeySetAlert[]
    }
  | {
      readonly ok: false
      readonly fault: KeyFetchFault
      readonly alerts: readonly KeySetAlert[]
    }

class KeyFetchFailure extends Error {
  readonly fault: KeyFetchFault
  constructor(fault: KeyFetchFault) {
    super(fault)
    this.fault = fault
  }
}

/** Never throws: an issuer that is down or lies is a fault, not an error. */
export async function fetchIssuerKeys(
  source: string,
  options: { readonly localIssuers: boolean },
): Promise<FetchedKeys> {
  const signal = AbortSignal.timeout(KEY_FETCH_TIMEOUT_MILLISECONDS)
  let alerts: readonly KeySetAlert[] = []
  try {
    const bundleEndpoint = bundleEndpointOf(source)
    checkAddress(bundleEndpoint ?? source, options.localIssuers)
    const { value, dateAt } = await fetchJson(
      bundleEndpoint ?? (await findKeySet(source, signal)),
      signal,
    )
    alerts = findKeySetAlerts(value)
    const isBundle = bundleEndpoint !== undefined
    const keys = parseKeySet(value, isBundle ? 'spiffe_bundle' : 'jwks')
    if (keys === undefined) throw new KeyFetchFailure('not_a_key_set')
    // An empty set would lock everybody out; it is a fault, and the last good set stays (NET-10).
    // A bundle is different: emptying it is how a trust domain takes everything back (SP-05).
    if (keys.length === 0 && !isBundle) throw new KeyFetchFailure('no_usable_key')
    const { spiffe_sequence: sequence, spiffe_refresh_hint: hint } = value as BundleMembers
    return {
      ok: true,
      keys,
      dateAt,
      sequence: isBundle ? readCount(sequence) : null,
      refreshHint: isBundle ? readCount(hint) : null,
      alerts,
    }
  } catch (error) {
    if (error instanceof KeyFetchFailure) return { ok: false, fault: error.fault, alerts }
    return { ok: false, fault: signal.aborted ? 'timed_out' : 'unreachable', alerts }
  }
}

type BundleMembers = { readonly spiffe_sequence?: unknown; readonly spiffe_refresh_hint?: unknown }

function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** Where the issuer says that its keys are. */
async function findKeySet(issuer: string, signal: AbortSignal): Promise<string> {
  return readDiscovery(issuer, (await fetchJson(openidConfigurationUrl(issuer), signal)).value)
}

/** The document was checked when it was written; this is the last door before the network. */
function checkAddress(issuer: string, localIssuers: boolean): void {
  const fault = findIssuerUrlFault(issuer, { localIssuers, hasUploadedKeys: false })
  if (fault !== undefined) throw new KeyFetchFailure('address_refused')
}

/** The `jwks_uri` of a discovery document that names exactly this issuer (§4.3). */
function readDiscovery(issuer: string, document: unknown): string {
  if (typeof document !== 'object' || document === null) throw new KeyFetchFailure('not_json')
  const { issuer: named, jwks_uri: jwksUri } = document as Readonly<Record<string, unknown>>
  if (named !== issuer) throw new KeyFetchFailure('issuer_mismatch')
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) {
    throw new KeyFetchFailure('jwks_uri_refused')
  }
  // Same scheme, host and port: otherwise a discovery document could send us anywhere.
  const { origin, username, password } = new URL(jwksUri)
  if (origin !== new URL(issuer).origin || username !== '' || password !== '') {
    throw new KeyFetchFailure('jwks_uri_refused')
  }
  return jwksUri
}

type FetchedJson = { readonly value: unknown; readonly dateAt: number | null }

async function fetchJson(url: string, signal: AbortSignal): Promise<FetchedJson> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    cache: 'no-store',
    signal,
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    const isRedirect = response.status >= 300 && response.status < 400
    throw new KeyFetchFailure(isRedirect ? 'redirected' : 'status_not_200')
  }
  const text = decodeUtf8(await readBounded(response))
  try {
    return { value: JSON.parse(text ?? ''), dateAt: readDate(response) }
  } catch {
    throw new KeyFetchFailure('not_json')
  }
}

/** RFC 9110 §6.6.1. */
function readDate(response: Response): number | null {
  const milliseconds = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(milliseconds) ? Math.floor(milliseconds / 1000) : null
}

/** Counts while reading: a length header proves nothing, and neither does a compressed one. */
async function readBounded(response: Response): Promise<Uint8Array> {
  if (response.body === null) throw new KeyFetchFailure('not_json')
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return joinBytes(chunks, size)
    size += value.byteLength
    if (size > KEY_SET_MAX_BYTES) {
      await reader.cancel()
      throw new KeyFetchFailure('too_large')
    }
    chunks.push(value)
  }
}
