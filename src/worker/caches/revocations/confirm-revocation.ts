/**
 * Asks the revocation log whether a token of the published set is really revoked. Another `jti` can
 * have the same prefix, with a probability of 1 in 9 million million. Answers are remembered, and
 * questions are limited. Without an answer the token counts as revoked.
 */

import type { IsRevoked } from '../../../core/revocation-ports.ts'
import type { RevocableToken } from '../../../protocol/revocations.ts'
import { MAX_CONFIRMED_REVOCATIONS, REVOCATION_CONFIRMATIONS } from '../../limits.ts'

export type ConfirmRevocation = (token: RevocableToken) => boolean | Promise<boolean>

/**
 * Returns a function that creates one `ConfirmRevocation` for each snapshot. The limit of questions
 * and the answer "not revoked" last as long as the snapshot. The answer "revoked" stays: no
 * revocation is taken back.
 */
export function createConfirmations(isRevoked: IsRevoked): () => ConfirmRevocation {
  const revoked = new Set<string>()

  function remember(jti: string): void {
    const [oldest] = revoked
    if (revoked.size >= MAX_CONFIRMED_REVOCATIONS && oldest !== undefined) revoked.delete(oldest)
    revoked.add(jti)
  }

  return () => {
    const cleared = new Set<string>()
    let questions = REVOCATION_CONFIRMATIONS

    async function ask(token: RevocableToken): Promise<boolean> {
      try {
        const answer = await isRevoked(token)
        if (answer) remember(token.jti)
        else cleared.add(token.jti)
        return answer
      } catch {
        // The log is down. Do not let each revoked token wait for it.
        questions = 0
        return true
      }
    }

    return (token) => {
      if (revoked.has(token.jti)) return true
      if (cleared.has(token.jti)) return false
      if (questions <= 0) return true
      questions -= 1
      return ask(token)
    }
  }
}
