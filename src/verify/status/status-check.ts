/**
 * Checks the status of a valid token in the gateway's status list (draft-ietf-oauth-status-list-20
 * §8.3). Without a usable list the token is refused, because otherwise an attacker could block the
 * request for the list and use a revoked token (SL-19).
 */
import {
  readPosition,
  readStatus,
  STATUS_VALID,
  siblingListUri,
} from '../../protocol/status/status-list.ts'
import { ancestorsOf } from '../../protocol/token.ts'
import { isJsonObject, type JsonObject, readMember } from '../../web/json.ts'
import { readOwnAddress } from '../keys/address.ts'
import type { RemoteKeys, RequestContext } from '../keys/remote-keys.ts'
import type { VerifierSettings } from '../options.ts'
import { invalidToken } from '../verification-error.ts'
import { createRemoteLists } from './remote-lists.ts'

/** Throws `invalid_token` for a revoked token, `revocation_unavailable` without a list. */
export type CheckStatus = (claims: JsonObject, context: RequestContext) => Promise<void>

type Reference = { readonly uri: string; readonly index: number }

export function createStatusCheck(keys: RemoteKeys, settings: VerifierSettings): CheckStatus {
  const lists = createRemoteLists(keys, settings)
  return async (claims, context) => {
    const own = readReference(claims, settings.issuer)
    for (const { uri, index } of [own, ...listAncestors(claims, own)]) {
      const { bytes, bits } = await lists.load(uri, context)
      const status = readStatus(bytes, bits, index)
      if (status === undefined) throw invalidToken('status_invalid')
      if (status !== STATUS_VALID) throw invalidToken('token_revoked')
    }
  }
}

/** The list must be at the gateway itself, so that no token chooses who is asked (NET-04). */
function readReference(claims: JsonObject, issuer: string): Reference {
  const status = readMember(claims, 'status')
  if (status === undefined) throw invalidToken('status_missing')
  const list = isJsonObject(status) ? readMember(status, 'status_list') : undefined
  const { idx, uri } = isJsonObject(list) ? list : {}
  const isIndex = typeof idx === 'number' && Number.isSafeInteger(idx) && idx >= 0
  if (!isIndex || typeof uri !== 'string' || readOwnAddress(uri, issuer) !== uri) {
    throw invalidToken('status_invalid')
  }
  return { uri, index: idx }
}

/**
 * Returns the statuses of the ancestors: a revoked token ends its descendants (REV-05). The `jti` of
 * an ancestor has its position, if its resource used a status list.
 */
function listAncestors(claims: JsonObject, { uri }: Reference): readonly Reference[] {
  return ancestorsOf(claims).flatMap(({ jti }) => {
    const position = readPosition(jti)
    if (position === undefined) return []
    return [{ uri: siblingListUri(uri, position.list), index: position.index }]
  })
}
