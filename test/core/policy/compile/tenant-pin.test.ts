import { describe, expect, it } from 'vitest'
import { readClaim } from '../../../../src/core/evidence/identity.ts'
import type { Test } from '../../../../src/core/policy/compile/compiled.ts'
import { namesTenant } from '../../../../src/core/policy/compile/tenant-pin.ts'
import { samePath } from '../../../../src/core/policy/language/claim-path.ts'
import { compilePattern, matchesPattern } from '../../../../src/core/policy/language/pattern.ts'
import { findProvider, listProviders, profileAt } from '../../../../src/core/providers/index.ts'
import type { ProviderProfile } from '../../../../src/core/providers/profile.ts'
import { type Json, problemsOf, rule } from '../support/documents.ts'
import { exampleOf } from '../support/provider-examples.ts'

type Path = readonly string[]

/** Issuers that sign for everybody under a profile whose other issuers do not. */
const SHARED_AT: Readonly<Record<string, string>> = {
  circleci: 'https://oidc.circleci.com',
  vercel: 'https://oidc.vercel.com',
}

const shared: readonly ProviderProfile[] = listProviders().flatMap((id) => {
  const profile = findProvider(id)
  if (profile === undefined) return []
  const at = SHARED_AT[id] === undefined ? profile : profileAt(profile, SHARED_AT[id])
  return at.tenancy === 'shared' ? [at] : []
})

/** What names the tenant in the subject of the example of each shared provider. */
const TENANT_IN_SUBJECT: Readonly<Record<string, string>> = {
  'github-actions': 'acme@1234567',
  'gitlab-com': 'acme',
  buildkite: 'acme-inc',
  circleci: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  codefresh: '628a80b693a15c0f9c13ab75',
  buddy: 'acme',
  'hcp-terraform': 'acme',
  env0: 'auth0|org-subject-example',
  'pulumi-cloud': 'acme',
  'pulumi-esc-v2': 'org-1a2b3c',
  vercel: 'acme',
  'deno-deploy': 'acme',
  modal: 'ac-12345abcd',
  'depot-ci': 'abc123def4',
  'cursor-cloud-agent': 'user_01EXAMPLE',
  'google-service-account': '109876543210987654321',
  chainguard: '720909c9f5279097d847ad02120b1d97f2b2a8a1',
  activestate: 'acme',
}

/** Names that somebody else can register: longer, shorter, with the name within, and another. */
function neighboursOf(name: string): readonly string[] {
  return [`${name}-evil`, `${name}0`, name.slice(0, -1), `evil-${name}`, `evil${name}`, 'evil']
}

function paths({ tenantClaims, projectClaims }: ProviderProfile): readonly Path[] {
  return [...tenantClaims, ...projectClaims]
}

function isText(profile: ProviderProfile, path: Path): boolean {
  return (
    profile.claims?.find((claim) => samePath(claim.path, path))?.types.includes('string') === true
  )
}

/** The value of the claim in the example, and the values that other customers can have. */
function neighbourhood(profile: ProviderProfile, path: Path) {
  if (!isText(profile, path)) return undefined
  const own = String(readClaim(exampleOf(profile.id), path) ?? 'acme')
  const isSubject = samePath(path, ['sub'])
  const tenant = isSubject ? (TENANT_IN_SUBJECT[profile.id] ?? '') : (own.split('/')[0] ?? own)
  const others = neighboursOf(tenant).map((name) => own.replace(tenant, () => name))
  return { own, others, tenantEnd: own.indexOf(tenant) + tenant.length }
}

/** Every text with one or two stars in the place of one stretch of the value. */
function* globsOver(value: string) {
  for (let start = 0; start <= value.length; start += 1) {
    for (const end of [value.length, ...stretch(start, value.length)]) {
      for (const stars of ['*', '**']) yield value.slice(0, start) + stars + value.slice(end)
    }
  }
}

function stretch(start: number, length: number): readonly number[] {
  return [0, 1, 2, 3, 5, 8, 13, 21, 34, 55].map((by) => start + by).filter((end) => end < length)
}

function glob(source: string): Extract<Test, { kind: 'glob' }> {
  const pattern = compilePattern(source)
  if (pattern === undefined) throw new Error(source)
  return { kind: 'glob', pattern }
}

describe.each(shared.map((profile) => [profile.id, profile] as const))('%s', (id, profile) => {
  it('has an example whose subject names its tenant', () => {
    const sub = String(readClaim(exampleOf(id), ['sub']))
    expect(sub).toContain(TENANT_IN_SUBJECT[id])
  })

  it.each(paths(profile).map((path) => [path.join('.'), path] as const))(
    'LINT-01 LINT-02 a glob over %s that another customer meets pins nobody',
    (_, path) => {
      const at = neighbourhood(profile, path)
      if (at === undefined) return expect(profile.claims).not.toBeNull()
      const { own, others } = at
      const weak = [...globsOver(own)].filter((source) => {
        const test = glob(source)
        const isMet = others.some((other) => matchesPattern(test.pattern, other))
        return isMet && namesTenant(path, test, profile)
      })
      expect(weak).toEqual([])
      expect(namesTenant(path, { kind: 'any_of', values: [own] }, profile)).toBe(true)
    },
  )

  it.each(paths(profile).map((path) => [path.join('.'), path] as const))(
    'a condition on %s that names no value pins nobody',
    (_, path) => {
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
      expect(empty.filter((test) => namesTenant(path, test, profile))).toEqual([])
    },
  )

  it('is refused with such a glob, and accepted with the whole name of the tenant', () => {
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

  it('an expression, whatever it says', () => {
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
  it('pins as its value does', () => {
    const github = findProvider('github-actions')
    expect(github && namesTenant(['repository_owner'], glob('acme'), github)).toBe(true)
    expect(github && namesTenant(['repository'], glob('acme/api'), github)).toBe(true)
    expect(github && namesTenant(['sub'], glob('environment:prod'), github)).toBe(false)
  })
})
