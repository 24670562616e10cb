/**
 * Limits a request to what an ID-JAG or a Txn-Token allows. The request can ask for less, and never
 * for more. The rules decide afterwards, so both must allow it.
 */
import { canonicalResource } from '../../protocol/resource-uri.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Allowance } from '../evidence/identity.ts'
import { loggableHash } from '../loggable.ts'
import type { TokenRequest } from './parse.ts'

export type NarrowedRequest = {
  readonly resource: string | undefined
  readonly scopesWithin: readonly string[] | undefined
}

export function narrowRequest(
  { resource, scopes, clientId }: Pick<TokenRequest, 'resource' | 'scopes' | 'clientId'>,
  allowance: Allowance | undefined,
): Result<NarrowedRequest, Denial> {
  // Clients do not authenticate here. A client that the ID-JAG was not issued to must at least lie
  // about its name, and the rule decides which clients it trusts to keep their ID-JAGs (CH-10).
  if (allowance?.clientId !== undefined && allowance.clientId !== clientId) {
    return deny({ reason: 'client_mismatch' })
  }
  const within = allowance?.scopes
  if (within !== undefined && scopes?.some((scope) => !within.includes(scope)) === true) {
    return deny({ reason: 'scope_exceeds_assertion' })
  }
  const allowed = allowance?.resources
  const [only, ...others] = allowed ?? []
  const target = resource ?? (others.length === 0 ? only : undefined)
  // Of several resources the caller must choose one.
  if (allowed !== undefined && target === undefined) {
    return deny({ reason: 'target_missing', facts: { targets: allowed.length } })
  }
  const isSame = (one: string) => canonicalResource(one) === canonicalResource(target ?? '')
  if (allowed !== undefined && !allowed.some(isSame)) {
    return deny({
      reason: 'target_exceeds_assertion',
      facts: { resourceHash: loggableHash(target) },
    })
  }
  return ok({ resource: target, scopesWithin: within })
}
