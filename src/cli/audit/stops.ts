/** Revocations that stop issuing: what they name grants nothing, whatever the trust document says. */
import type { CoarseRevocationReport } from '../../contract/admin.ts'
import type { CompiledTrust } from '../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../core/policy/compile/issuers/own-issuer.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import { listRevocations } from '../revocations/revocations-api.ts'
import type { AdminAccess } from '../trust/admin-api.ts'

/** What a `stopped` of JSON has. */
export type Stop = Pick<CoarseRevocationReport, 'grain' | 'id' | 'reason' | 'expires_at'>

type Asked = {
  readonly trust: CompiledTrust
  readonly rules: readonly { readonly rule: string; readonly issuer_url: string }[]
  /** Each name of the holder. Undefined: any subject may be one that the rules speak of. */
  readonly subjects: readonly unknown[] | undefined
  /** Epoch seconds. */
  readonly at: number
}

/** Returns those that stop a token of one of the rules. Without a gateway, nothing is known. */
export async function findStops(
  access: AdminAccess | undefined,
  { trust, rules, subjects, at }: Asked,
): Promise<readonly CoarseRevocationReport[]> {
  if (access === undefined || rules.length === 0) return []
  const { revocations } = await listRevocations(access)
  const actors = findActors(trust, rules)
  return revocations.filter(({ grain, id, stops_issuing: stops, ...one }) => {
    if (!stops || at < one.revoked_at || at >= one.expires_at) return false
    if (grain === 'rule') return rules.some(({ rule }) => rule === id)
    if (grain === 'issuer') {
      return rules.some(({ issuer_url: url }) => url === id) || actors.isIssuer(id)
    }
    if (grain === 'subject') {
      return subjects === undefined || subjects.includes(id) || actors.mayBe(id)
    }
    return grain === 'all'
  })
}

/** Who must act for the subject, by the rules with `acting_as`. */
function findActors(trust: CompiledTrust, rules: Asked['rules']) {
  const names = new Set(rules.map(({ rule }) => rule))
  const demands = trust.rules.flatMap(({ name, actingAs }) =>
    actingAs === undefined || !names.has(name) ? [] : [actingAs],
  )
  const urls = new Map(listIssuers(trust).map(({ name, url }) => [name, url]))
  return {
    isIssuer: (url: string) => demands.some(({ from }) => urls.get(from) === url),
    /** Any subject may be an actor that its conditions on `sub` accept. */
    mayBe: (sub: string) =>
      demands.some(({ conditions }) =>
        conditions
          .filter(({ path }) => samePath(path, ['sub']))
          .every((condition) => holds(condition, { sub })),
      ),
  }
}

export function shortenStop({ grain, id, reason, expires_at }: CoarseRevocationReport): Stop {
  return { grain, id, reason, expires_at }
}
