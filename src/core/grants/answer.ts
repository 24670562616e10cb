/** The answer of RFC 6749 §5.1, which every grant type has. */
import type { TokenAnswer } from '../../protocol/oauth.ts'
import { tokenTypeOf } from '../../protocol/token.ts'
import type { IssuedToken } from '../issuance.ts'

export function renderAnswer(issued: IssuedToken): TokenAnswer {
  return {
    access_token: issued.token,
    token_type: tokenTypeOf(issued.confirmation),
    expires_in: issued.lifetimeSeconds,
    scope: issued.scope,
  }
}
