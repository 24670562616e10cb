import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust, Rule } from '../../../../src/core/policy/compile/compiled.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import {
  API,
  good,
  type Json,
  NOW,
  owner,
  problemsOf,
  rule,
  withGrant,
  withIssuer,
  withResource,
  withRule,
  withWhen,
} from '../support/documents.ts'

function compile(document: unknown, ceilings = CEILINGS): CompiledTrust {
  const result = compileTrust(document, ceilings, { admitAt: NOW })
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  return result.trust
}

function rulesOf(document: unknown, ceilings = CEILINGS): readonly Rule[] {
  return compile(document, ceilings).rules
}

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
})

describe('accepts a document', () => {
  const rows: readonly (readonly [name: string, document: unknown])[] = [
    ['with only a version', { version: 1 }],
    [
      'with a rule that has every kind of condition',
      withWhen({
        ...owner,
        ref: { glob: 'refs/heads/**' },
        environment: ['production', 'staging'],
        event_name: { not: 'pull_request' },
        head_ref: { exists: false },
        repo_property_tier: { exists: true },
        exp: { not: [1, 2] },
      }),
    ],
    [
      'with metadata of a resource whose scheme and host have capitals',
      {
        ...good,
        resources: {
          ...good.resources,
          'HTTPS://API.acme.dev/v1': { scopes: ['a'], protected_resource_metadata: true },
        },
      },
    ],
    ['with a rule that ends at an exact time', withRule({ expires: '2027-03-31T12:00:00Z' })],
    ['with a rule that ends on a leap day', withRule({ expires: '2028-02-29' })],
    ['with an explicit effect', withRule({ effect: 'allow' })],
    ['with replay: reuse', withGrant({ replay: 'reuse' })],
    ['with proof_of_possession: optional', withResource({ proof_of_possession: 'optional' })],
    ['with proof_of_possession: required', withResource({ proof_of_possession: 'required' })],
    ['with proof_of_possession: none', withResource({ proof_of_possession: 'none' })],
    ['with audit: strict', withResource({ audit: 'strict' })],
    ['with audit: standard', withResource({ audit: 'standard' })],
    ['with an issuer under a path', withIssuer({ issuer: 'https://a.example:8443/realms/b' })],
    [
      'with a resource that is a URN',
      {
        ...good,
        resources: { ...good.resources, 'urn:acme:api': { scopes: ['a'] } },
      },
    ],
    [
      'with a deny rule that pins no tenant',
      {
        ...good,
        rules: [{ name: 'never', effect: 'deny', from: 'github', when: { ref: 'x' } }],
      },
    ],
    [
      'with an issuer and a rule named like members of every object',
      {
        ...good,
        issuers: { constructor: { provider: 'github-actions' } },
        rules: [{ ...rule, name: 'toString', from: 'constructor' }],
      },
    ],
    [
      'with a dedicated issuer and a rule without a tenant claim',
      {
        ...good,
        rules: [{ ...rule, from: 'cluster', when: { 'kubernetes.io.pod.uid': { exists: true } } }],
      },
    ],
  ]
  it.each(rows)('%s', (_, document) => {
    expect(problemsOf(document)).toEqual([])
  })

  const pins: readonly Json[] = [
    { repository_owner_id: '4411' },
    { repository_owner: 'acme' },
    { enterprise_id: '12' },
    { repository_id: ['1', '2'] },
    { repository: { glob: 'acme/*' } },
    { sub: { glob: 'repo:acme/**' } },
  ]
  it.each(pins)('LINT-01 whose rule pins a tenant of a shared issuer: %j', (when) => {
    expect(problemsOf(withWhen(when))).toEqual([])
  })

  it('with a rule that ends exactly at the ceiling', () => {
    const ceilings = { ...CEILINGS, maxRuleExpirySeconds: 86_400 }
    const at = (seconds: number) =>
      withRule({ expires: `${new Date((NOW + seconds) * 1000).toISOString().slice(0, 19)}Z` })
    expect(problemsOf(at(86_400), ceilings)).toEqual([])
    expect(problemsOf(at(86_401), ceilings)).toMatchObject([{ code: 'expiry_above_ceiling' }])
    expect(problemsOf(at(1), ceilings)).toEqual([])
    expect(problemsOf(at(0), ceilings)).toMatchObject([{ code: 'rule_expired' }])
  })

  it('ISS-03 with an internal issuer name, if the document contains its keys', () => {
    const document = withIssuer({
      provider: 'kubernetes',
      issuer: 'https://kubernetes.default.svc.cluster.local',
      keys: { jwks: { keys: [{ ...publicKey, kid: 'a', use: 'sig' }] } },
    })
    const issuer = compile(document).issuers.get('https://kubernetes.default.svc.cluster.local')
    expect(issuer?.uploadedKeys).toMatchObject([{ kty: 'EC', crv: 'P-256', kid: 'a' }])
  })
})

describe('the compiled form', () => {
  it('has the fixed issuer of the provider, and the gateway as its audience', () => {
    const issuer = compile(good).issuers.get('https://token.actions.githubusercontent.com')
    expect(issuer).toMatchObject({ name: 'github', audience: CEILINGS.gatewayIssuer })
    expect(issuer?.uploadedKeys).toBeUndefined()
  })

  it('ends a rule with the last second of its day', () => {
    expect(rulesOf(good)[0]?.expiresAt).toBe(Date.UTC(2027, 3, 1) / 1000)
    const never = { name: 'never', effect: 'deny', from: 'github', when: { ref: 'x' } }
    expect(rulesOf({ ...good, rules: [never] })[0]?.expiresAt).toBe(Number.POSITIVE_INFINITY)
  })

  const lifetimes: readonly (readonly [name: string, document: unknown, seconds: number])[] = [
    ['the lifetime in the rule', withGrant({ lifetime: '90s' }), 90],
    ['ten minutes by default', withGrant({ lifetime: undefined }), 600],
    [
      'the maximum of the resource, if it is below the default',
      {
        ...withGrant({ lifetime: undefined }),
        resources: { [API]: { scopes: ['deploy:read'], max_lifetime: '5m' } },
      },
      300,
    ],
  ]
  it.each(lifetimes)('sets the token lifetime to %s', (_, document, seconds) => {
    expect(rulesOf(document)[0]?.grant?.lifetimeSeconds).toBe(seconds)
  })

  it('sets the token lifetime to the ceiling of the deployment, if it is below the default', () => {
    const ceilings = { ...CEILINGS, maxTokenLifetimeSeconds: 120 }
    const document = {
      ...withGrant({ lifetime: undefined }),
      resources: { [API]: { scopes: ['deploy:read'] } },
    }
    expect(rulesOf(document, ceilings)[0]?.grant?.lifetimeSeconds).toBe(120)
  })

  it('is frozen, and the source document is unchanged', () => {
    const document = structuredClone(good)
    const trust = compile(document)
    expect(document).toEqual(good)
    const [first] = rulesOf(document)
    for (const part of [trust, ...trust.issuers.values(), first, first?.conditions, first?.grant]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
})
