/**
 * One request to the gateway. A redirect could lead to another host, so none is followed (NET-06).
 * Time and size are bounded, because an answer may never end (NET-07). Returns the answer or the
 * fault.
 */
import { KEY_REQUEST_HEADERS } from '../../protocol/key-request.ts'
import { decodeUtf8, skipByteOrderMark } from '../../web/bytes.ts'
import { readBounded } from '../../web/read-bounded.ts'
import { MAX_RESPONSE_BYTES } from '../limits.ts'
import type { GatewayFault } from '../verification-error.ts'

export type Fetched<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly fault: GatewayFault; readonly status?: number }

export type Ask = {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Never throws: every failure is returned as a fault. */
export async function fetchJson(
  ask: Ask,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Fetched> {
  const answer = await fetchBytes(ask, fetch, signal, MAX_RESPONSE_BYTES)
  return answer.ok ? parseJson(answer.value) : answer
}

/** Never throws. */
export async function fetchBytes(
  ask: Ask,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Fetched<Uint8Array>> {
  const { url, method = 'GET', headers = {}, body = null } = ask
  try {
    const response = await fetch(url, {
      method,
      // A browser sends its own User-Agent. Every other runtime sends this one.
      headers: { ...KEY_REQUEST_HEADERS, ...headers },
      body,
      // workerd does not support `redirect: 'error'`. A redirect fails the check of the status below.
      redirect: 'manual',
      // A shared cache could answer with other keys (NET-12).
      cache: 'no-store',
      signal,
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      return { ok: false, fault: 'answer_status_unexpected', status: response.status }
    }
    const value = await readBounded(response.body, maxBytes)
    return value === undefined ? { ok: false, fault: 'answer_too_large' } : { ok: true, value }
  } catch {
    return { ok: false, fault: 'gateway_unreachable' }
  }
}

function parseJson(bytes: Uint8Array): Fetched {
  try {
    return { ok: true, value: JSON.parse(skipByteOrderMark(decodeUtf8(bytes) ?? '')) }
  } catch {
    return { ok: false, fault: 'answer_malformed' }
  }
}
