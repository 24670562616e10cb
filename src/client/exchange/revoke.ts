/** Revokes a token (RFC 7009). The holder needs no other credential than the token itself. */
import { FORM_CONTENT_TYPE } from '../../protocol/oauth.ts'
import { REVOKE_PATH } from '../../protocol/paths.ts'
import { send } from '../http/send.ts'
import { demandFunction, demandNames } from '../option-error.ts'
import type { Answer } from './answer.ts'
import { endpointUrl } from './endpoint.ts'
import { requireText } from './exchange.ts'
import { judgeRefusal } from './exchange-error.ts'

/** Options of `revoke`. */
export type RevokeOptions = {
  /** The URL of the gateway, which is its issuer URL. */
  readonly url: string
  /** A token that the gateway issued. */
  readonly token: string
  readonly signal?: AbortSignal | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
}

const OPTION_NAMES = { url: true, token: true, signal: true, fetch: true } satisfies Record<
  keyof RevokeOptions,
  true
>

/**
 * Revokes a token. When it returns, the revocation is durable. An unknown or expired token is not an
 * error.
 *
 * Throws `ExchangeError` when the gateway refuses or cannot be reached, `TypeError` for invalid
 * options, and the reason of `signal` when the signal ends the request.
 *
 * @example
 * await revoke({ url: 'https://sts.example.com', token: accessToken })
 */
export async function revoke(options: RevokeOptions): Promise<void> {
  judgeRevocation(await sendRevocation(options))
}

async function sendRevocation(options: RevokeOptions): Promise<Answer> {
  demandNames(options, OPTION_NAMES)
  const { url, token, signal, fetch } = options
  requireText('token', token)
  demandFunction('fetch', fetch)
  return send({
    url: endpointUrl(url, REVOKE_PATH),
    method: 'POST',
    headers: { 'content-type': FORM_CONTENT_TYPE },
    body: new URLSearchParams({ token }).toString(),
    signal,
    fetch,
  })
}

function judgeRevocation(answer: Answer): void {
  if (answer.status !== 200) throw judgeRefusal(answer)
}
