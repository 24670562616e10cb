/** Revocations that stop issuing: what they name grants nothing, whatever the trust document says. */
import { isInForce } from '../../analysis/in-house.ts'
import type { CoarseRevocationReport } from '../../contract/admin.ts'
import type { CompiledTrust, Rule } from '../../core/policy/compile/compiled.ts'
import { listIssuers } from '../../core/policy/compile/issuers/own-issuer.ts'
import { findResource } from '../../core/policy/compile/resource-uri.ts'
import { holds } from '../../core/policy/decide/conditions.ts'
import { samePath } from '../../core/policy/language/claim-path.ts'
import { readPath } from '../../web/json.ts'
import { listRevocations } from '../revocations/revocations-api.ts'
import type { AdminAccess } from '../trust/admin-api.ts'

/** What a `stopped` of JSON has. */
export type Stop = Pick<CoarseRevocationReport, 'grain' | 'id' | 'reason' | 'expires_at'>

type NamedRule = { readonly rule: string; readonly issuer_url: string }

type Asked = {
  readonly trust: CompiledTrust
  readonly rules: readonly NamedRule[]
  /** Each name of the holder. Undefined: any subject may be one that the rules speak of. */
  readonly subjects: readonly unknown[] | undefined
  /** The claims of the holder, if it has a token of the gateway itself. */
  readonly own?: Claims | undefined
  /** Epoch seconds. */
  readonly at: number
}

type Claims = Readonly<Record<string, unknown>>

const ORIGIN_ISSUER = ['origin', 'iss']
const ORIGIN_SUBJECT = ['origin', 'sub']

/** Returns those that stop a token of one of the rules. Without a gateway, nothing is known. */
export async function findStops(
  access: AdminAccess | undefined,
  { trust, rules: asked, subjects, own, at }: Asked,
): Promise<readonly CoarseRevocationReport[]> {
  // The sources of what a known workload exchanges further are among its rules.
  const isWorkload = subjects !== undefined && own === undefined
  const rules = isWorkload ? asked : [...asked, ...findSources(trust, asked, own, at)]
  if (access === undefined || rules.length === 0) return []
  const { revocations } = await listRevocations(access)
  const actors = findActors(trust, asked)
  return revocations.filter(({ grain, id, stops_issuing: stops, ...one }) => {
    if (!stops || at < one.revoked_at || at >= one.expires_at) return false
    if (grain === 'rule') return rules.some(({ rule }) => rule === id)
    if (grain === 'issuer') {
      return rules.some(({ issuer_url: url }) => url === id) || actors.isIssuer(id)
    }
    if (grain === 'subject') {
      const isHolder = subjects?.includes(id) ?? true
      return isHolder || readPath(own, ORIGIN_SUBJECT) === id || actors.mayBe(id)
    }
    return grain === 'all'
  })
}

/**
 * The rules that issue the tokens which rules `from: self` exchange, as far as the conditions say. What
 * stops the tokens of a source stops what is exchanged for them: a narrower token keeps its origin.
 */
function findSources(
  trust: CompiledTrust,
  asked: Asked['rules'],
  own: Claims | undefined,
  at: number,
): readonly NamedRule[] {
  const urls = new Map(listIssuers(trust).map(({ name, url }) => [name, url]))
  const granting = trust.rules.filter((rule) => rule.grant !== undefined && isInForce(rule, at))
  const describe = ({ name, from }: Rule) => ({ rule: name, issuer_url: urls.get(from) ?? '' })
  if (own !== undefined) {
    const source = granting.filter(({ name }) => name === own.client_id).map(describe)
    const origin = readPath(own, ORIGIN_ISSUER)
    const known = typeof origin === 'string' ? [{ rule: '', issuer_url: origin }] : []
    return [...source, ...known]
  }
  const found = new Set<Rule>()
  const names = new Set(asked.map(({ rule }) => rule))
  const next = trust.rules.filter(({ name, from }) => names.has(name) && isOwn(trust, from))
  for (let rule = next.pop(); rule !== undefined; rule = next.pop()) {
    const { conditions } = rule
    for (const source of granting) {
      const isKnown = isOwn(trust, source.from)
      const claims = {
        client_id: source.name,
        aud: findResource(trust.resources, source.grant?.resource ?? '')?.audience,
        ...(isKnown ? {} : { origin: { iss: urls.get(source.from) } }),
      }
      const judged = conditions.filter(({ path }) => readPath(claims, path) !== undefined)
      if (found.has(source) || !judged.every((condition) => holds(condition, claims))) continue
      found.add(source)
      if (isKnown) next.push(source)
    }
  }
  return [...found].map(describe)
}

function isOwn({ own }: CompiledTrust, issuer: string): boolean {
  return own?.issuer.name === issuer
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
