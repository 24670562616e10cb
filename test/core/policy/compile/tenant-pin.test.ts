import { describe, expect, it } from 'vitest'
import { readClaim } from '../../../../src/core/evidence/identity.ts'
import type { Test } from '../../../../src/core/policy/compile/compiled.ts'
import { namesTenant } from '../../../../src/core/policy/compile/issuers/tenant-pin.ts'
import { findProvider } from '../../../../src/core/providers/index.ts'
import { type Json, problemsOf, rule } from '../support/documents.ts'
import { exampleOf } from '../support/provider-examples.ts'
import {
  glob,
  isText,
  neighbourhood,
  type Path,
  paths,
  SHARED_AT,
  shared,
  TENANT_IN_SUBJECT,
} from '../support/tenants.ts'

describe.each(shared.map((profile) => [profile.id, profile] as const))('%s', (id, profile) => {
  it('has an example whose subject contains its tenant', () => {
    const sub = String(readClaim(exampleOf(id), ['sub']))
    expect(sub).toContain(TENANT_IN_SUBJECT[id])
  })

  it('is pinned by no condition that has no value', () => {
    const empty: readonly Test[] = [
      { kind: 'none_of', values: ['evil'] },
      { kind: 'exists', wanted: true },
      { kind: 'range', min: 1, max: 9 },
      { kind: 'contains', values: ['acme'] },
      glob('*'),
      glob('**'),
      glob('*/*'),
      glob('**/**'),
    ]
    for (const path of paths(profile)) {
      const pinning = empty.filter((test) => namesTenant(path, test, profile))
      expect.soft(pinning, path.join('.')).toEqual([])
    }
  })

  it('is refused with such a glob, and accepted with the whole tenant name', () => {
    const url = SHARED_AT[id] ?? (profile.issuer.kind === 'fixed' ? undefined : exampleOf(id).iss)
    const problems = (when: Json) =>
      problemsOf({
        version: 1,
        issuers: { github: { provider: id, ...(url === undefined ? {} : { issuer: url }) } },
        resources: { 'https://api.example.com': { scopes: ['deploy:read'] } },
        rules: [{ ...rule, when }],
      }).map(({ code }) => code)
    for (const path of paths(profile)) {
      const name = JSON.stringify(path)
      expect(problems({ [name]: { exists: true } }), name).toEqual(['tenant_not_pinned'])
      if (!isText(profile, path)) continue
      expect(problems({ [name]: { not: 'evil' } }), name).toEqual(['tenant_not_pinned'])
      expect(problems({ [name]: { glob: '**' } }), name).toEqual(['tenant_not_pinned'])
    }
    const { own, tenantEnd } = neighbourhood(profile, ['sub']) ?? { own: '', tenantEnd: 0 }
    expect(problems({ sub: own })).toEqual([])
    const rest = own.slice(tenantEnd, tenantEnd + 1)
    const whole = { sub: { glob: `${own.slice(0, tenantEnd)}${rest}**` } }
    expect(problems(whole)).toEqual(rest === '' ? ['tenant_not_pinned'] : [])
  })
})

describe('LINT-01 a shared issuer is not pinned by', () => {
  const rows: readonly (readonly [provider: string, path: Path, test: Test])[] = [
    ['buddy', ['sub'], glob('https://app.buddy.works/**')],
    ['buddy', ['sub'], glob('https://**')],
    ['buddy', ['sub'], glob('https://app.buddy.works/acme**')],
    ['cursor-cloud-agent', ['sub'], glob('user:user_01**')],
    ['cursor-cloud-agent', ['sub'], glob('team_id:1*')],
    ['depot-ci', ['sub'], glob('spiffe://identity.depot.dev/org/**')],
    ['depot-ci', ['sub'], glob('spiffe://identity.depot.dev/org/abc*/ci/**')],
    ['pulumi-cloud', ['sub'], glob('pulumi:deploy:org:**')],
    ['pulumi-cloud', ['stackId'], glob('acme**')],
    ['chainguard', ['sub'], glob('7*/**')],
    ['env0', ['sub'], glob('auth0|org/**')],
    ['google-service-account', ['sub'], glob('1/**')],
    ['google-service-account', ['azp'], { kind: 'any_of', values: ['32555940559.apps.x'] }],
    ['github-actions', ['repository'], glob('*/*')],
    ['github-actions', ['repository_owner_id'], glob('**')],
    ['github-actions', ['repository_owner_id'], glob('44/**')],
    ['github-actions', ['sub'], { kind: 'any_of', values: ['repo:a/b:x', 'environment:prod'] }],
    ['gitlab-com', ['project_path'], glob('**')],
    ['gitlab-com', ['namespace_path'], glob('acme*/**')],
  ]
  it.each(rows)('%s %j %j', (id, path, test) => {
    const profile = shared.find((one) => one.id === id)
    expect(profile && namesTenant(path, test, profile)).toBe(false)
  })

  it('any expression', () => {
    const when = { ref: 'refs/heads/main' }
    const document = {
      version: 1,
      issuers: { github: { provider: 'github-actions' } },
      resources: { 'https://api.example.com': { scopes: ['deploy:read'] } },
      rules: [{ ...rule, when, condition: 'claims.repository_owner_id == "4411"' }],
    }
    expect(problemsOf(document)).toMatchObject([{ code: 'tenant_not_pinned' }])
  })
})

describe('a glob without a star', () => {
  it('pins a tenant like the value itself', () => {
    const github = findProvider('github-actions')
    expect(github && namesTenant(['repository_owner'], glob('acme'), github)).toBe(true)
    expect(github && namesTenant(['repository'], glob('acme/api'), github)).toBe(true)
    expect(github && namesTenant(['sub'], glob('environment:prod'), github)).toBe(false)
  })
})
