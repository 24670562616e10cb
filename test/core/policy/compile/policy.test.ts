import { describe, expect, it } from 'vitest'
import { ADMIN_ROLES, ADMIN_SCOPES } from '../../../../src/contract/admin.ts'
import { compilePolicy, compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, good, type Json, problemsOf, rule, withGrant } from '../support/documents.ts'

const GATEWAY = CEILINGS.gatewayIssuer

const policyOf = (grant: Json, rest: Json = {}): Json => ({
  issuers: { github: { provider: 'github-actions' } },
  rules: [{ ...rule, grant }],
  ...rest,
})

function policyProblems(document: unknown) {
  const result = compilePolicy(document, CEILINGS)
  return 'problems' in result ? result.problems : []
}

describe('a deploy-time policy', () => {
  it('grants scopes of the gateway without naming it as the resource', () => {
    for (const grant of [
      { scopes: [...ADMIN_SCOPES] },
      { scopes: [...ADMIN_SCOPES], resource: GATEWAY },
    ]) {
      const result = compilePolicy(policyOf(grant), CEILINGS)
      if ('problems' in result) throw new Error(JSON.stringify(result.problems))
      const grants = result.trust.rules.map((one) => one.grant)
      expect(grants).toMatchObject([{ resource: GATEWAY, scopes: ADMIN_SCOPES }])
    }
  })

  it.each(Object.entries(ADMIN_ROLES))('ADM-09 may name the role %s', (role, scopes) => {
    const result = compilePolicy(policyOf({ scopes: [role] }), CEILINGS)
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    expect(result.trust.rules.map((one) => one.grant)).toMatchObject([{ scopes }])
  })

  it('may name roles and scopes, and grants each scope once', () => {
    const scopes = ['trust:read', 'viewer', 'revocations:write', 'viewer']
    const result = compilePolicy(policyOf({ scopes }), CEILINGS)
    if ('problems' in result) throw new Error(JSON.stringify(result.problems))
    expect(result.trust.rules.map((one) => one.grant)).toMatchObject([
      { scopes: ['trust:read', 'decisions:read', 'metrics:read', 'revocations:write'] },
    ])
  })

  it('may have a version', () => {
    expect(policyProblems(policyOf({ scopes: ['trust:read'] }, { version: 1 }))).toEqual([])
  })

  it('is read after one of its rules has expired, and that rule grants nothing', () => {
    const ended = { ...rule, expires: '2020-01-01', grant: { scopes: ['trust:read'] } }
    expect(policyProblems({ ...policyOf({}), rules: [ended] })).toEqual([])
  })

  type Row = readonly [name: string, document: unknown, code: string, path: readonly unknown[]]
  const admin = { scopes: ['trust:write'] }
  const rows: readonly Row[] = [
    [
      'resources',
      policyOf(admin, { resources: { [API]: { scopes: ['a'] } } }),
      'resource_not_allowed',
      ['resources'],
    ],
    [
      'a scope that the admin API does not have',
      policyOf({ scopes: ['trust:read', 'deploy:read'] }),
      'scope_unknown',
      ['rules', 0, 'grant', 'scopes', 1],
    ],
    [
      'a name that is no role',
      policyOf({ scopes: ['viewer', 'toString'] }),
      'scope_unknown',
      ['rules', 0, 'grant', 'scopes', 1],
    ],
    [
      'another resource',
      policyOf({ resource: API, scopes: ['trust:read'] }),
      'resource_unknown',
      ['rules', 0, 'grant', 'resource'],
    ],
    ['another version', policyOf(admin, { version: 2 }), 'value_invalid', ['version']],
    ['an unknown key', policyOf(admin, { admins: [] }), 'key_unknown', ['admins']],
    [
      'a rule without an owner',
      { ...policyOf(admin), rules: [{ ...rule, owner: undefined, grant: admin }] },
      'type_wrong',
      ['rules', 0, 'owner'],
    ],
    [
      'a rule that pins no tenant',
      { ...policyOf(admin), rules: [{ ...rule, when: { ref: 'refs/heads/main' }, grant: admin }] },
      'tenant_not_pinned',
      ['rules', 0, 'when'],
    ],
    [
      'a lifetime above the ceiling',
      policyOf({ ...admin, lifetime: '2h' }),
      'lifetime_above_ceiling',
      ['rules', 0, 'grant', 'lifetime'],
    ],
    [
      'ISS-01 the gateway as an issuer',
      policyOf(admin, {
        issuers: {
          github: { provider: 'github-actions' },
          self: { provider: 'generic-oidc', issuer: GATEWAY },
        },
      }),
      'issuer_invalid',
      ['issuers', 'self', 'issuer'],
    ],
  ]
  it.each(rows)('is refused with %s', (_, document, code, path) => {
    expect(policyProblems(document)).toEqual([{ code, path, message: expect.any(String) }])
  })

  it.each([null, 1, 'x', [], { rules: {} }, { rules: [null] }, { rules: [{ grant: null }] }])(
    'is refused without throwing: %j',
    (document) => {
      expect(policyProblems(document)).not.toEqual([])
    },
  )
})

describe('a trust document', () => {
  it.each([GATEWAY, `${GATEWAY}/`])(
    'ADM-03 cannot declare the gateway as a resource: %s',
    (uri) => {
      const document = {
        ...good,
        resources: { ...good.resources, [uri]: { scopes: ['trust:write'] } },
      }
      expect(problemsOf(document)).toMatchObject([
        { code: 'resource_reserved', path: ['resources', uri] },
      ])
    },
  )

  it.each([GATEWAY, 'urn:edgemint:admin'])('ADM-03 cannot grant scopes of %s', (resource) => {
    expect(problemsOf(withGrant({ resource, scopes: ['trust:write'] }))).toMatchObject([
      { code: 'resource_unknown', path: ['rules', 0, 'grant', 'resource'] },
    ])
  })

  it('ADM-03 has no roles: a resource would have to declare such a scope', () => {
    expect(problemsOf(withGrant({ resource: API, scopes: ['owner'] }))).toMatchObject([
      { code: 'scope_unknown', path: ['rules', 0, 'grant', 'scopes', 0] },
    ])
  })

  it('ADM-03 must name the resource of each grant, unlike a policy', () => {
    const document = { ...good, rules: [{ ...rule, grant: { scopes: ['trust:write'] } }] }
    expect(compileTrust(document, CEILINGS)).toMatchObject({
      problems: [{ code: 'type_wrong', path: ['rules', 0, 'grant', 'resource'] }],
    })
  })
})
