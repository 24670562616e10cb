/** Whether a revocation would end the admin token of its caller. */
import { coarseNamesOf, lineageOf, type RevocableToken } from '../../../../protocol/revocations.ts'
import type { Named } from './count-live.ts'

/**
 * A revocation of an ancestor ends the token too (REV-05). `before` is in epoch seconds: without it,
 * every token that the revocation names ends.
 */
export function endsOwn(
  caller: RevocableToken,
  [grain, id]: Named,
  before: number = Number.POSITIVE_INFINITY,
): boolean {
  return lineageOf(caller).some((token) =>
    grain === 'token'
      ? token.jti === id
      : token.iat < before &&
        // A token whose key is unknown is revoked with any key.
        coarseNamesOf(token).some(([own, value]) => own === grain && (value ?? id) === id),
  )
}
