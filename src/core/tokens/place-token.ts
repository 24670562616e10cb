/**
 * Takes an index of a status list for a token of a resource that uses one. Without an index, no
 * token is issued, because no offline verifier could learn of its revocation.
 */
import type { StatusPosition } from '../../protocol/status/status-list.ts'
import { ok, type Result } from '../../web/result.ts'
import { type Denial, deny } from '../denial.ts'
import type { Issuance, Mint } from '../issuance.ts'
import { type ExchangePorts, Unavailable } from '../ports.ts'

/** The part that keeps the status lists. */
export const STATUS_LISTS = 'status_lists'

/** Throws `Unavailable` if no index can be had. */
export async function placeToken(
  { keyId = '' }: Mint,
  { rule, identity, descent }: Pick<Issuance, 'rule' | 'identity' | 'descent'>,
  { takeStatusIndex }: Pick<ExchangePorts, 'takeStatusIndex'>,
): Promise<Result<StatusPosition, Denial>> {
  if (takeStatusIndex === undefined) throw new Unavailable(STATUS_LISTS)
  const ancestors = descent?.anc ?? []
  const position = await takeStatusIndex({
    rules: [rule, ...ancestors.map((ancestor) => ancestor.client_id)],
    issuer: descent?.origin?.iss ?? identity.issuer,
    keyId,
  })
  return position === undefined ? deny({ reason: 'status_list_full' }) : ok(position)
}
