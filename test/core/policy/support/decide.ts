/** Decides a request from a document and claims, without HTTP and signatures. */

import { sealIdentity } from '../../../../src/core/evidence/identity.ts'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { TrustedIssuer } from '../../../../src/core/policy/compile/compiled.ts'
import { type Decision, evaluate } from '../../../../src/core/policy/decide/evaluate.ts'
import { CEILINGS } from '../../../support/core-world.ts'

export const AT = 1_795_000_000
export const API = 'https://api.example.com'
export const OTHER = 'https://other.example.com'

export const CLAIMS = {
  sub: 'repo:acme/api:environment:production',
  repository_owner_id: '4411',
  repository_id: '8123456',
  repository: 'acme/api',
  ref: 'refs/heads/main',
  environment: 'production',
  event_name: 'push',
}

type Json = Readonly<Record<string, unknown>>

/** A rule that grants all scopes of `API`, with changes. */
export function allow(name: string, when: Json = {}, grant: Json = {}, rest: Json = {}) {
  return {
    name,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: { repository_owner_id: '4411', ...when },
    grant: { resource: API, scopes: ['read', 'write'], ...grant },
    ...rest,
  }
}

export function deny(name: string, when: Json) {
  return { name, effect: 'deny', from: 'github', when }
}

export function documentOf(rules: readonly unknown[], provider = 'github-actions') {
  const isFixed = provider === 'github-actions' || provider === 'gitlab-com'
  const path = provider === 'github-enterprise-server' ? '/_services/token' : ''
  const issuer = isFixed ? {} : { issuer: `https://issuer.example.com${path}` }
  return {
    version: 1,
    issuers: { github: { provider, ...issuer } },
    resources: { [API]: { scopes: ['read', 'write', 'admin'] }, [OTHER]: { scopes: ['read'] } },
    rules,
  }
}

export type Asked = {
  readonly resource?: string
  readonly scopes?: readonly string[]
  readonly rule?: string
}

export function decide(
  rules: readonly unknown[],
  claims: Json = CLAIMS,
  asked: Asked = {},
  provider?: string,
): Decision {
  const compiled = compileTrust(documentOf(rules, provider), CEILINGS)
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  const [issuer] = compiled.trust.issuers.values()
  const request = { resource: asked.resource ?? API, scopes: asked.scopes, rule: asked.rule }
  const { trust } = compiled
  const identity = identityOf(claims)
  return evaluate({ trust, issuer: issuer as TrustedIssuer, identity, request, at: AT })
}

export function identityOf(claims: Json) {
  return sealIdentity({
    issuer: 'https://issuer.example.com',
    subject: String(claims.sub ?? 'x'),
    tokenId: undefined,
    expiresAt: AT + 300,
    claims,
  })
}

/** The granting rule, or the reason of the denial. */
export function outcomeOf(decision: Decision): string {
  return decision.kind === 'granted' ? decision.rule.name : decision.denial.reason
}

/** Whether a deny rule with this condition on a claim denies what another rule allows. */
export function denies(condition: unknown, claims: Json, claim = 'team'): boolean {
  const rules = [deny('no', { [claim]: condition }), { ...allow('yes'), when: { sub: 'workload' } }]
  const outcome = outcomeOf(decide(rules, { sub: 'workload', ...claims }, {}, 'generic-oidc'))
  if (outcome !== 'rule_denied' && outcome !== 'yes') throw new Error(`decided: ${outcome}`)
  return outcome === 'rule_denied'
}
