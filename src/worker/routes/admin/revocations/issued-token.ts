/** Finds the token that a decision issued. */
import { readDecisionId } from '../../../../contract/decisions/id.ts'
import { readRecord } from '../../../../contract/decisions/record.ts'
import { fail, ok, type Result } from '../../../../web/result.ts'
import type { DecisionShards } from '../../../objects/decision-log/shards.ts'
import { refuseWithoutLog } from '../decision-problems.ts'
import { refuse } from './refuse.ts'

/** Returns the `jti` of the token, or the refusal. */
export async function readIssuedToken(
  id: string,
  decisionLog: DecisionShards | undefined,
  at: number,
): Promise<Result<string, Response>> {
  if (decisionLog === undefined) return fail(refuseWithoutLog())
  const parts = readDecisionId(id)
  if (parts === undefined) {
    const message =
      'is no decision id: it is `dec_` and 22 characters, which name a shard and a time'
    return fail(refuse('idInvalid', 'decision', message))
  }
  const line = await decisionLog.find(parts.shard, { at: parts.at, id })
  const record = line === null ? undefined : readRecord(line)
  if (record === undefined) {
    const message = 'is not in the decision log. A record arrives about a second after its answer'
    return fail(refuse('notFound', 'decision', message))
  }
  const { token_id: tokenId, expires_at: endsAt = 0 } = record
  if (tokenId === undefined) {
    return fail(refuse('decisionWithoutToken', 'decision', 'issued no token'))
  }
  if (endsAt <= at) {
    const message = 'issued a token that has expired: no API accepts it any more'
    return fail(refuse('tokenNotRevocable', 'decision', message))
  }
  return ok(tokenId)
}
