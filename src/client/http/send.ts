/**
 * Sends one request to a gateway, with a limit on time and size. It follows no redirect, because the
 * body contains a token that only the requested address may receive. The caller interprets the
 * response.
 */

import { decodeUtf8, skipByteOrderMark } from '../../web/bytes.ts'
import { startDeadline } from '../../web/deadline.ts'
import { readBounded } from '../../web/read-bounded.ts'
import type { Answer } from '../exchange/answer.ts'
import { ExchangeError, isPassingStatus } from '../exchange/exchange-error.ts'
import { MAX_ANSWER_BYTES, TIMEOUT_MILLISECONDS } from '../limits.ts'
import { systemCode } from '../system-code.ts'
import { fetchRouted, ProxyFault } from './fetch-routed.ts'

export type Ask = {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly timeoutMilliseconds?: number
  readonly maxBytes?: number
  /** The name of the other party in messages. Default: the gateway. */
  readonly who?: string
}

/**
 * Throws `ExchangeError` when no response arrives or it cannot be read, and the reason of the
 * caller's signal when that signal ended the request.
 */
export async function send(ask: Ask): Promise<Answer> {
  const deadline = startDeadline(ask.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS, ask.signal)
  const { host } = new URL(ask.url)
  try {
    const response = await (ask.fetch ?? fetchRouted)(ask.url, {
      method: ask.method,
      headers: { accept: 'application/json', ...ask.headers },
      body: ask.body ?? null,
      // workerd does not support `redirect: 'error'`, so redirects are refused below.
      redirect: 'manual',
      cache: 'no-store',
      signal: deadline.signal,
    })
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel()
      throw invalid(
        response.status,
        `${ask.who ?? 'the gateway'} answered with a redirect, which is not followed`,
      )
    }
    const { status, headers } = response
    const text = await readText(response, ask.maxBytes ?? MAX_ANSWER_BYTES).catch((error) => {
      // The status is enough. The page of a load balancer may have any size and any bytes.
      if (isPassingStatus(status) && ask.signal?.aborted !== true) return ''
      throw error
    })
    return { status, headers, text }
  } catch (error) {
    if (error instanceof ExchangeError) throw error
    ask.signal?.throwIfAborted()
    if (error instanceof ProxyFault) {
      const { message: description } = error
      throw new ExchangeError({ code: 'unreachable', description, isTemporary: false })
    }
    const code = error instanceof Error ? systemCode(error.cause) : undefined
    throw new ExchangeError({
      code: 'unreachable',
      description: deadline.signal.aborted
        ? `${host} did not answer in time`
        : `cannot reach ${host}${code === undefined ? '' : ` (${code})`}`,
      // An invalid certificate does not become valid within seconds, nor does plain http become TLS.
      isTemporary: !/CERT|SIGNATURE|SSL_WRONG_VERSION/.test(String(code)),
      cause: error,
    })
  } finally {
    deadline.stop()
  }
}

async function readText({ body, status }: Response, maxBytes: number): Promise<string> {
  const bytes = await readBounded(body, maxBytes)
  if (bytes === undefined) throw invalid(status, `the answer is larger than ${maxBytes} bytes`)
  const text = decodeUtf8(bytes)
  if (text === undefined) throw invalid(status, 'the answer is not UTF-8 text')
  return skipByteOrderMark(text)
}

function invalid(status: number, description: string): ExchangeError {
  return new ExchangeError({ code: 'invalid_response', status, description })
}
