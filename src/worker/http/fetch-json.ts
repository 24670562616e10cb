/**
 * One request to another party for JSON. It follows no redirect, and its answer is limited in bytes.
 * The signal of the caller limits the time (NET-07).
 */
import { decodeUtf8, skipByteOrderMark } from '../../web/bytes.ts'
import { readBounded } from '../../web/read-bounded.ts'
import { fail, ok, type Result } from '../../web/result.ts'

export type JsonFault = 'redirected' | 'status_not_200' | 'too_large' | 'not_json'

export type JsonRequest = RequestInit & {
  readonly maxBytes: number
  /** Whether to read the body of an error too. */
  readonly readsErrors?: true
}

/** Throws if the other party does not answer, or if the signal aborts. */
export async function fetchJson(
  url: string,
  { maxBytes, readsErrors, ...init }: JsonRequest,
): Promise<Result<{ readonly value: unknown; readonly response: Response }, JsonFault>> {
  const response = await fetch(url, { ...init, redirect: 'manual', cache: 'no-store' })
  const { status } = response
  const isRedirect = status >= 300 && status < 400
  if (isRedirect || (status !== 200 && readsErrors !== true)) {
    await response.body?.cancel()
    return fail(isRedirect ? 'redirected' : 'status_not_200')
  }
  const bytes = await readBounded(response.body, maxBytes)
  if (bytes === undefined) return fail('too_large')
  try {
    return ok({ value: JSON.parse(skipByteOrderMark(decodeUtf8(bytes) ?? '')), response })
  } catch {
    return fail('not_json')
  }
}
