/**
 * Fetches the key set of one issuer through its discovery document (OpenID Connect Discovery §4):
 * bounded in bytes and time, without redirects, from the issuer's own host alone. Says how it
 * failed with a word of ours; nothing that the other side sent is repeated. Keeping keys is
 * `issuer-keys.ts`' work.
 */
import { type PublicKey, parseKeySet } from '../../core/issuer-keys.ts'
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

export type FetchedKeys =
  | {
      readonly ok: true
      readonly keys: readonly PublicKey[]
      /** Epoch seconds on the issuer's own clock; null when it does not say. */
      readonly dateAt: number | null
    }
  | { readonly ok: false; readonly fault: KeyFetchFault }

class KeyFetchFailure extends Error {
  readonly fault: KeyFetchFault
  constructor(fault: KeyFetchFault) {
    super(fault)
    this.fault = fault
  }
}

/** Never throws: an issuer that is down or lies is a fault, not an error. */
export async function fetchIssuerKeys(
  issuer: string,
  options: { readonly localIssuers: boolean },
): Promise<FetchedKeys> {
  const signal = AbortSignal.timeout(KEY_FETCH_TIMEOUT_MILLISECONDS)
  try {
    checkAddress(issuer, options.localIssuers)
    const jwksUri = readDiscovery(
      issuer,
      (await fetchJson(openidConfigurationUrl(issuer), signal)).value,
    )
    const { value, dateAt } = await fetchJson(jwksUri, signal)
    const keys = parseKeySet(value)
    if (keys === undefined) throw new KeyFetchFailure('not_a_key_set')
    // An empty set would lock everybody out; it is a fault, and the last good set stays (NET-09).
    if (keys.length === 0) throw new KeyFetchFailure('no_usable_key')
    return { ok: true, keys, dateAt }
  } catch (error) {
    if (error instanceof KeyFetchFailure) return { ok: false, fault: error.fault }
    return { ok: false, fault: signal.aborted ? 'timed_out' : 'unreachable' }
  }
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
