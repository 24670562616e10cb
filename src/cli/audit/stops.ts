/** Revocations that stop issuing: what they name grants nothing, whatever the trust document says. */
import type { CoarseRevocationReport } from '../../contract/admin.ts'
import { listRevocations } from '../revocations/revocations-api.ts'
import type { AdminAccess } from '../trust/admin-api.ts'

/** What a `stopped` of JSON has. */
export type Stop = Pick<CoarseRevocationReport, 'grain' | 'id' | 'reason' | 'expires_at'>

type Asked = {
  readonly rules: readonly { readonly rule: string; readonly issuer_url: string }[]
  /** Each name of the holder. Undefined: any subject may be one that the rules speak of. */
  readonly subjects: readonly unknown[] | undefined
  /** Epoch seconds. */
  readonly at: number
}

/** Returns those that stop a token of one of the rules. Without a gateway, nothing is known. */
export async function findStops(
  access: AdminAccess | undefined,
  { rules, subjects, at }: Asked,
): Promise<readonly CoarseRevocationReport[]> {
  if (access === undefined || rules.length === 0) return []
  const { revocations } = await listRevocations(access)
  return revocations.filter(({ grain, id, stops_issuing: stops, ...one }) => {
    if (!stops || at < one.revoked_at || at >= one.expires_at) return false
    if (grain === 'rule') return rules.some(({ rule }) => rule === id)
    if (grain === 'issuer') return rules.some(({ issuer_url: url }) => url === id)
    if (grain === 'subject') return subjects === undefined || subjects.includes(id)
    return grain === 'all'
  })
}

export function shortenStop({ grain, id, reason, expires_at }: CoarseRevocationReport): Stop {
  return { grain, id, reason, expires_at }
}
