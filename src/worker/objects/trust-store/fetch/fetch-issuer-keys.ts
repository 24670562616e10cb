/**
 * Fetches the key set of one issuer through its discovery document (OpenID Connect Discovery §4),
 * or the bundle of a SPIFFE trust domain from its endpoint. A fetch is limited in bytes and time,
 * follows no redirects and uses only allowed hosts. A failure is a fixed code. The only text that
 * it repeats from the issuer is a refused host name. `issuer-keys.ts` stores the keys.
 */
import { type KeyFault, type PublicKey, readKeySet } from '../../../../core/keys/issuer-keys.ts'
import { bundleEndpointOf } from '../../../../core/keys/key-source.ts'
import { KEY_FETCH_TIMEOUT_MILLISECONDS, KEY_SET_MAX_BYTES } from '../../../../core/limits.ts'
import { KEY_REQUEST_HEADERS } from '../../../../protocol/key-request.ts'
import { openidConfigurationUrl } from '../../../../protocol/paths.ts'
import { findIssuerUrlFault } from '../../../../web/issuer-url.ts'
import { fetchJson } from '../../../http/fetch-json.ts'
import { locateKeySet } from './locate-key-set.ts'

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
  | 'too_many_keys'
  | 'no_usable_key'
  | 'bundle_went_back'

/** Why an issuer may have no keys. */
export type KeyFaultName = KeyFetchFault | 'stored_keys_damaged'

/** The details of a fault. */
export type KeyFaultDetail = {
  /** The host and port of a refused `jwks_uri`. */
  readonly offeredHost?: string
  /** The number of keys in a set that has too many. */
  readonly keyCount?: number
}

export type FetchedKeys = {
  /** Keys of the set that cannot be used. Empty if no set was read. */
  readonly unusable: readonly KeyFault[]
} & (
  | {
      readonly ok: true
      readonly keys: readonly PublicKey[]
      /** Epoch seconds of the issuer's `Date` header; null if there is none. */
      readonly dateAt: number | null
      /** Members of a SPIFFE bundle; null if they are absent. */
      readonly sequence: number | null
      readonly refreshHint: number | null
    }
  | { readonly ok: false; readonly fault: KeyFetchFault; readonly detail: KeyFaultDetail }
)

export type KeyFetchOptions = {
  readonly localIssuers: boolean
  /** Allowed hosts besides the issuer's own. */
  readonly keyHosts: readonly string[]
}

class KeyFetchFailure extends Error {
  readonly fault: KeyFetchFault
  readonly detail: KeyFaultDetail
  constructor(fault: KeyFetchFault, detail: KeyFaultDetail = {}) {
    super(fault)
    this.fault = fault
    this.detail = detail
  }
}

/** Never throws. If the issuer is unreachable or its answer is wrong, the result has a fault. */
export async function fetchIssuerKeys(
  source: string,
  options: KeyFetchOptions,
): Promise<FetchedKeys> {
  const signal = AbortSignal.timeout(KEY_FETCH_TIMEOUT_MILLISECONDS)
  let unusable: readonly KeyFault[] = []
  try {
    const bundleEndpoint = bundleEndpointOf(source)
    const isBundle = bundleEndpoint !== undefined
    checkAddress(bundleEndpoint ?? source, options.localIssuers)
    const address = bundleEndpoint ?? (await findKeySet(source, options, signal))
    const { value, dateAt } = await fetchOrFail(address, signal)
    const reading = readKeySet(value, { kind: isBundle ? 'spiffe_bundle' : 'jwks' })
    if (!reading.ok) {
      const { fault, ...detail } = reading.error
      throw new KeyFetchFailure(fault, detail)
    }
    const { keys } = reading.value
    unusable = reading.value.unusable
    // An empty set is a fault, and the last good set is kept. Otherwise one broken answer would
    // refuse every token (NET-10). An empty SPIFFE bundle is accepted, because a trust domain
    // empties it to end all tokens (SP-05).
    if (keys.length === 0 && !isBundle) throw new KeyFetchFailure('no_usable_key')
    const { spiffe_sequence: sequence, spiffe_refresh_hint: hint } = value as BundleMembers
    return {
      ok: true,
      keys,
      unusable,
      dateAt,
      sequence: isBundle ? readCount(sequence) : null,
      refreshHint: isBundle ? readCount(hint) : null,
    }
  } catch (error) {
    if (error instanceof KeyFetchFailure) {
      return { ok: false, fault: error.fault, detail: error.detail, unusable }
    }
    return { ok: false, fault: signal.aborted ? 'timed_out' : 'unreachable', detail: {}, unusable }
  }
}

type BundleMembers = { readonly spiffe_sequence?: unknown; readonly spiffe_refresh_hint?: unknown }

function readCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** Returns the URL of the key set from the discovery document. */
async function findKeySet(
  issuer: string,
  options: KeyFetchOptions,
  signal: AbortSignal,
): Promise<string> {
  const { value } = await fetchOrFail(openidConfigurationUrl(issuer), signal)
  return readDiscovery(issuer, value, options)
}

/** Checks the URL once more before the fetch. It was first checked when the document was stored. */
function checkAddress(url: string, localIssuers: boolean): void {
  const fault = findIssuerUrlFault(url, { localIssuers, hasUploadedKeys: false })
  if (fault !== undefined) throw new KeyFetchFailure('address_refused')
}

/** Returns the `jwks_uri` of a discovery document, which must name exactly this issuer (§4.3). */
function readDiscovery(
  issuer: string,
  document: unknown,
  { keyHosts, localIssuers }: KeyFetchOptions,
): string {
  if (typeof document !== 'object' || document === null) throw new KeyFetchFailure('not_json')
  const { issuer: named, jwks_uri: jwksUri } = document as Readonly<Record<string, unknown>>
  if (named !== issuer) throw new KeyFetchFailure('issuer_mismatch')
  const location = locateKeySet(jwksUri, issuer, keyHosts, localIssuers)
  if (location.ok) return location.value
  const { host } = location.error
  throw new KeyFetchFailure('jwks_uri_refused', host === undefined ? {} : { offeredHost: host })
}

type FetchedJson = { readonly value: unknown; readonly dateAt: number | null }

async function fetchOrFail(url: string, signal: AbortSignal): Promise<FetchedJson> {
  const fetched = await fetchJson(url, {
    headers: KEY_REQUEST_HEADERS,
    signal,
    maxBytes: KEY_SET_MAX_BYTES,
  })
  if (!fetched.ok) throw new KeyFetchFailure(fetched.error)
  const { value, response } = fetched.value
  return { value, dateAt: readDate(response) }
}

/** Reads the `Date` header (RFC 9110 §6.6.1). */
function readDate(response: Response): number | null {
  const milliseconds = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(milliseconds) ? Math.floor(milliseconds / 1000) : null
}
