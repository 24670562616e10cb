import { describe, expect, it } from 'vitest'
import { readClaim } from '../../../src/core/evidence/identity.ts'
import { resolveClaim, samePath } from '../../../src/core/policy/language/claim-path.ts'
import { findProvider, listProviders } from '../../../src/core/providers/index.ts'
import type { ProviderProfile } from '../../../src/core/providers/profile.ts'
import { API, decide, identityOf, outcomeOf } from '../policy/support/decide.ts'
import { exampleOf } from '../policy/support/provider-examples.ts'

type Path = readonly string[]

function profileOf(id: string): ProviderProfile {
  const profile = findProvider(id)
  if (profile === undefined) throw new Error(`no provider ${id}`)
  return profile
}

function claimsOf(id: string) {
  return identityOf(exampleOf(id)).claims
}

/** The paths of all values in a token. */
function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]))
}

const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value)

const PROVIDERS = listProviders().map((id) => ({
  id,
  profile: profileOf(id),
  claims: claimsOf(id),
}))

describe('the profile of every provider', () => {
  it('lists every claim of a real token, with its type', () => {
    for (const { id, profile, claims } of PROVIDERS) {
      const strange = leaves(claims).filter((path) => {
        const known = profile.claims?.find((claim) => samePath(claim.path, path))
        if (known === undefined)
          return typeof resolveClaim(JSON.stringify(path), profile) === 'string'
        return !known.types.some(
          (type) => type === 'any' || type === typeOf(readClaim(claims, path)),
        )
      })
      // An empty value counts as absent, so its type does not matter.
      const found = strange.filter((path) => readClaim(claims, path) !== undefined)
      expect.soft(found, id).toEqual([])
    }
  })

  it('requires only claims that a real token has', () => {
    for (const { id, profile, claims } of PROVIDERS) {
      const required = profile.claims?.filter(({ class: kind }) => kind.startsWith('required'))
      const missing = required?.filter(({ path }) => readClaim(claims, path) === undefined) ?? []
      expect.soft(missing, id).toEqual([])
    }
  })

  it('lists the tenant, project and common claims', () => {
    for (const { id, profile } of PROVIDERS) {
      const named = [
        ...profile.tenantClaims,
        ...profile.projectClaims,
        ...Object.values(profile.names),
        ...(profile.job === undefined ? [] : [profile.job]),
      ]
      const known = profile.claims ?? named.map((path) => ({ path }))
      const unlisted = named.filter((path) => !known.some((claim) => samePath(claim.path, path)))
      expect.soft(unlisted, id).toEqual([])
    }
  })

  it('lists no claim twice', () => {
    for (const { id, profile } of PROVIDERS) {
      const paths = profile.claims?.map(({ path }) => JSON.stringify(path)) ?? []
      expect.soft(paths, id).toEqual([...new Set(paths)])
    }
  })

  it('accepts the issuer URL of a real token', () => {
    for (const { id, profile, claims } of PROVIDERS) {
      const { issuer } = profile
      const url = String(claims.iss)
      expect
        .soft(issuer.kind === 'fixed' ? issuer.url === url : issuer.pattern.test(url), id)
        .toBe(true)
    }
  })

  it('accepts only asymmetric signature algorithms', () => {
    for (const { id, profile } of PROVIDERS) {
      expect.soft(profile.algorithms.length, id).toBeGreaterThan(0)
      for (const algorithm of profile.algorithms)
        expect.soft(algorithm, id).toMatch(/^(?:(?:RS|PS|ES)\d{3}|EdDSA|Ed25519)$/)
    }
  })
})

describe('a rule for a real token', () => {
  type Row = readonly [provider: string, when: Readonly<Record<string, unknown>>]
  const rows: readonly Row[] = [
    [
      'github-actions',
      {
        repository_owner_id: '1234567',
        repository_id: '456789012',
        job_workflow_ref: { glob: 'acme/api/.github/workflows/*@refs/heads/main' },
        sub: { glob: 'repo:acme@1234567/*:environment:production' },
        head_ref: { exists: false },
      },
    ],
    ['gitlab-com', { namespace_id: '72', project_id: '20', ref_protected: 'true', runner_id: 1 }],
    ['gitlab-self-managed', { project_path: { glob: 'acme/**' }, ref_type: ['branch', 'tag'] }],
    [
      'kubernetes',
      { 'kubernetes.io.namespace': 'payments', 'kubernetes.io.pod.name': { glob: 'worker-*' } },
    ],
    ['generic-oidc', { sub: 'workload-1', 'https://acme.dev/team': 'payments' }],
  ]
  it.each(rows)(
    'of %s grants, and denies after one of its conditions changes',
    (provider, when) => {
      const rule = {
        name: 'r',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when,
        grant: { resource: API, scopes: ['read'] },
      }
      const claims = claimsOf(provider)
      expect(outcomeOf(decide([rule], claims, {}, provider))).toBe('r')
      for (const claim of Object.keys(when)) {
        const other = { ...rule, when: { ...when, [claim]: claim === 'runner_id' ? 2 : 'other' } }
        expect(outcomeOf(decide([other], claims, {}, provider)), claim).toBe('no_rule_matched')
      }
    },
  )
})

describe('the short name gitlab', () => {
  it('means gitlab.com, unless the entry has the URL of another instance', () => {
    expect(findProvider('gitlab')?.id).toBe('gitlab-com')
    expect(findProvider('gitlab', 'https://gitlab.com')?.id).toBe('gitlab-com')
    expect(findProvider('gitlab', 'https://gitlab.com/')?.id).toBe('gitlab-self-managed')
    expect(findProvider('gitlab', 'https://gitlab.example.com')?.id).toBe('gitlab-self-managed')
  })

  it.each(['github', 'constructor', '__proto__', ''])('is the only one: %j is unknown', (id) => {
    expect(findProvider(id)).toBeUndefined()
  })
})
