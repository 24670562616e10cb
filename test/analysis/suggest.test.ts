import { describe, expect, it } from 'vitest'
import { suggest } from '../../src/analysis/suggest.ts'
import { findClaimSet } from '../../src/core/providers/examples.ts'
import { findProvider } from '../../src/core/providers/index.ts'

type Claims = Readonly<Record<string, unknown>>

function suggestFrom(provider: string, change: Claims = {}) {
  const profile = findProvider(provider)
  if (profile === undefined) throw new Error(provider)
  return suggest({
    issuerName: 'ci',
    provider: profile,
    claims: { ...findClaimSet(provider)?.claims, ...change },
    resource: 'https://api.example.com',
    scopes: ['deploy'],
    owner: 'platform@example.com',
    expires: '2099-12-31',
  })
}

function ruleFrom(provider: string, change: Claims = {}) {
  const suggested = suggestFrom(provider, change)
  if ('fault' in suggested) throw new Error(suggested.fault)
  return suggested
}

describe('a suggested rule', () => {
  it('pins the permanent ids, then ref, environment and event, for GitHub', () => {
    expect(ruleFrom('github-actions').rule).toEqual({
      name: 'ci-workload',
      description: 'Suggested from a token of GitHub Actions (github.com).',
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from: 'ci',
      when: {
        repository_owner_id: '1234567',
        repository_id: '456789012',
        ref: 'refs/heads/main',
        environment: 'production',
        event_name: 'push',
        ref_protected: 'true',
        runner_environment: 'github-hosted',
      },
      grant: {
        resource: 'https://api.example.com',
        scopes: ['deploy'],
        subject: 'ci:{repository_id}:{environment}',
      },
    })
  })

  it('includes the subject that the rule gives to these claims', () => {
    expect(ruleFrom('github-actions').subject).toBe('ci:456789012:production')
    const { rule, subject } = ruleFrom('gitlab-com', { environment: undefined })
    expect(rule.grant.subject).toBe('ci:{project_id}')
    expect(subject).toMatch(/^ci:\d+$/)
  })

  it('MAP-06 has no template that does not render for these claims', () => {
    const environment = 'e'.repeat(250)
    const { rule, subject } = ruleFrom('github-actions', { environment })
    expect(rule.grant).not.toHaveProperty('subject')
    expect(subject).toMatch(/^ci:repo:/)
  })

  it('RULE-02 has no condition on a claim that is empty, null or absent', () => {
    const change = { environment: '', ref_protected: null, event_name: undefined }
    const { rule } = ruleFrom('github-actions', change)
    expect(Object.keys(rule.when)).toEqual([
      'repository_owner_id',
      'repository_id',
      'ref',
      'runner_environment',
    ])
    expect(rule.grant.subject).toBe('ci:{repository_id}')
  })

  it('leaves out a safe value that the token does not have', () => {
    const { rule, leftOut } = ruleFrom('github-actions', { runner_environment: 'self-hosted' })
    expect(rule.when).not.toHaveProperty('runner_environment')
    expect(leftOut).toContainEqual({
      claim: 'runner_environment',
      why: 'is not github-hosted, the value that a careful rule requires',
    })
  })

  it.each(['gitlab-self-managed', 'github-enterprise-server'])(
    'demands no runner of the vendor on %s',
    (provider) => {
      const { rule, leftOut } = ruleFrom(provider)
      expect(rule.when).toHaveProperty('ref_protected', 'true')
      expect(rule.when).not.toHaveProperty('runner_environment')
      expect(leftOut).toContainEqual({
        claim: 'runner_environment',
        why: 'says where the workload runs; add it if only some runners are allowed',
      })
    },
  )

  it('names nested claims, and claims with dots, as a document does', () => {
    expect(Object.keys(ruleFrom('kubernetes').rule.when)).toEqual([
      'kubernetes.io.namespace',
      'kubernetes.io.serviceaccount.uid',
      'sub',
    ])
  })

  it('pins names and the subject if a platform has no ids', () => {
    const { rule, kept } = ruleFrom('forgejo-actions')
    expect(rule.when).toMatchObject({ repository: 'acme/api', sub: expect.any(String) })
    expect(rule.grant).not.toHaveProperty('subject')
    expect(kept[0]?.why).toContain('has no permanent id')
  })

  it('never pins a text that is too long for a condition', () => {
    expect(ruleFrom('github-actions', { ref: 'x'.repeat(2000) }).rule.when).not.toHaveProperty(
      'ref',
    )
  })
})

describe('the claims that are left out', () => {
  const notes = new Map(ruleFrom('github-actions').leftOut.map(({ claim, why }) => [claim, why]))
  it.each([
    ['jti', 'is checked for every token'],
    ['repository', 'is a name that can pass to another owner; the ids above cannot'],
    ['sub', 'is composed of claims that are kept'],
    ['job_workflow_ref', 'narrows the rule to one workflow; add it if possible'],
    ['actor_id', 'names who started the run, which is not a permission'],
    ['actor', 'can be chosen by people outside the organization'],
    ['run_id', 'identifies one run, one instance, or more than the workload'],
    ['sha', 'is not needed to identify this workload'],
  ])('%s %s', (claim, why) => {
    expect(notes.get(claim)).toBe(why)
  })

  it('do not include null and empty values', () => {
    expect([...notes.keys()]).not.toContain('head_ref')
  })

  it('include claims that the profile does not know', () => {
    const { leftOut } = ruleFrom('github-actions', { brand_new: 'x' })
    expect(leftOut).toContainEqual({
      claim: 'brand_new',
      why: 'is not a known claim of github-actions',
    })
  })
})

describe('claims that identify no workload', () => {
  it.each([
    ['no claims', {}],
    ['prototype names', JSON.parse('{"__proto__": {"sub": "x"}, "constructor": "y"}')],
  ])('give no rule: %s', (_, claims) => {
    const provider = findProvider('generic-oidc')
    if (provider === undefined) throw new Error('no provider')
    const suggested = suggest({
      issuerName: 'ci',
      provider,
      claims,
      resource: 'https://api.example.com',
      scopes: ['deploy'],
      owner: 'platform@example.com',
      expires: '2099-12-31',
    })
    expect(suggested).toEqual({ fault: 'the claims identify no workload: none of sub is present' })
  })
})

describe('claims that no token of the platform has', () => {
  it.each<[string, Claims, string]>([
    [
      'github-actions',
      { repository_id: 456789012 },
      'repository_id can never hold: the claim is a string, not a number; write "456789012"',
    ],
    [
      'github-actions',
      { environment: true },
      'environment can never hold: the claim is a string, not a boolean; write "true"',
    ],
    ['chainguard', { sub: '*' }, 'chainguard signs tokens for all its customers: pin one of sub'],
  ])('says why a gateway refuses a rule from claims of %s such as %j', (provider, change, why) => {
    const suggested = suggestFrom(provider, change)
    const fault = 'fault' in suggested ? suggested.fault : ''
    expect(fault).toContain(`a gateway refuses a rule from these claims: ${why}`)
  })
})
