/**
 * Revokes tokens that are no longer needed, within a time limit, because a command waits for it.
 */

import { retry } from '../../client/in-house.ts'
import { ExchangeError, revoke } from '../../client/index.ts'
import { REVOKE_MILLISECONDS, REVOKE_RETRY_SECONDS as seconds } from '../shell/limits.ts'
import { say } from '../shell/output.ts'
import type { KeptToken } from '../workload/token-keeper.ts'

/**
 * Revokes all tokens in parallel. Reports a failure on stderr and does not throw: the token
 * expires.
 */
export async function revokeTokens(url: string, tokens: readonly KeptToken[]): Promise<void> {
  if (tokens.length === 0) return
  const deadline = new AbortController()
  const timer = setTimeout(
    () => deadline.abort(new Error('no answer in time')),
    REVOKE_MILLISECONDS,
  )
  await Promise.all(
    tokens.map(async ({ accessToken, expiresAt }) => {
      try {
        const { signal } = deadline
        await retry(() => revoke({ url, token: accessToken, signal }), { seconds, signal })
      } catch (error) {
        const reason = error instanceof ExchangeError ? error.description : describe(error)
        const seconds = Math.max(0, Math.ceil(expiresAt - Date.now() / 1000))
        say(`a token could not be revoked: ${reason}; it expires in ${seconds} seconds`)
      }
    }),
  )
  clearTimeout(timer)
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
