import { describe, expect, it } from 'vitest'
import { isBlocking } from '../../../src/analysis/lint/lint.ts'
import { API, documentOf, findingsOf, idsOf, PLATFORMS } from './support/documents.ts'
import { GENERAL } from './support/rows-general.ts'
import { GRANTS } from './support/rows-grants.ts'
import { PLATFORM } from './support/rows-platforms.ts'

describe('lint', () => {
  it.each(PLATFORMS)('has nothing to say about a careful rule for %s', (platform) => {
    expect(findingsOf(documentOf(platform))).toEqual([])
  })

  it.each([...GENERAL, ...GRANTS, ...PLATFORM])(
    '%s: %s (%s)',
    (id, _, platform, caught, leftAlone) => {
      expect(idsOf(documentOf(platform, caught))).toContain(id)
      expect(idsOf(documentOf(platform, leftAlone))).not.toContain(id)
    },
  )

  it.each([
    ['LINT-01', 'tenant_not_pinned', 'github', { only: { ref: 'refs/heads/main' } }],
    ['LINT-16', 'issuer_invalid', 'generic', { issuer: { issuer: 'http://issuer.example.com' } }],
    ['LINT-16', 'issuer_invalid', 'generic', { issuer: { issuer: 'https://10.0.0.1' } }],
    ['LINT-16', 'issuer_invalid', 'generic', { issuer: { issuer: 'https://Issuer.example.com' } }],
    [
      'LINT-16',
      'issuer_invalid',
      'generic',
      { issuer: { issuer: 'https://issuer.example.com:443' } },
    ],
    ['LINT-17', 'issuer_invalid', 'generic', { issuer: { issuer: 'https://sts.example.com' } }],
    [
      'LINT-18',
      'issuer_invalid',
      'entra',
      { issuer: { issuer: 'https://login.microsoftonline.com/common/v2.0' } },
    ],
    [
      'LINT-18',
      'issuer_invalid',
      'cluster',
      { issuer: { issuer: 'https://kubernetes.default.svc' } },
    ],
    ['LINT-19', 'issuer_invalid', 'generic', { issuer: { issuer: 'https://*.example.com' } }],
    ['LINT-30', 'condition_impossible', 'gitlab', { when: { ref_protected: true } }],
    ['LINT-30', 'condition_impossible', 'github', { when: { repository_id: 8123456 } }],
  ] as const)('%s does not compile: %s (%s, %o)', (_, code, platform, change) => {
    expect(idsOf(documentOf(platform, change))).toEqual([code])
  })

  it('LINT-16 does not compile: two issuers that differ in the last slash', () => {
    const document = documentOf('generic')
    const twin = { provider: 'generic-oidc', issuer: 'https://issuer.example.com/' }
    const apart = { ...twin, issuer: 'https://issuer.example.com/a' }
    const withIssuer = (second: object) => ({
      ...document,
      issuers: { ...(document.issuers as object), second },
    })
    expect(idsOf(withIssuer(twin))).toEqual(['issuer_repeated'])
    expect(idsOf(withIssuer(apart))).toEqual([])
  })

  it('LINT-15 stands in the rule where a platform has one audience for everybody', () => {
    const id = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee'
    const issuer = {
      provider: 'azure-devops',
      issuer: `https://vstoken.dev.azure.com/${id}`,
      audience: 'api://AzureADTokenExchange',
    }
    const only = { org_id: id, prj_id: id, def_id: '12' }
    const document = documentOf('entra', { issuer, only })
    const shared = (value: Readonly<Record<string, unknown>>) =>
      findingsOf(value).flatMap((found) =>
        typeof found !== 'string' && found.lint === 'LINT-15' ? [found] : [],
      )
    expect(shared(document).map(({ path }) => path)).toEqual([['rules', 0, 'from']])
    expect(shared(document).every(isBlocking)).toBe(true)
    const accept = [{ lint: 'LINT-15', reason: 'There is no other audience.' }]
    const [rule] = document.rules as readonly object[]
    expect(shared({ ...document, rules: [{ ...rule, accept }] }).some(isBlocking)).toBe(false)
  })

  it('LINT-07 knows a deny rule for these events', () => {
    const deny = {
      name: 'never-from-outside',
      effect: 'deny',
      from: 'ci',
      when: { event_name: ['pull_request_target', 'workflow_run', 'issue_comment'] },
    }
    const open = { when: { event_name: undefined } }
    expect(idsOf(documentOf('github', { ...open, more: [deny] }))).not.toContain('LINT-07')
    const narrow = { ...deny, when: { ...deny.when, repository_id: '1' } }
    expect(idsOf(documentOf('github', { ...open, more: [narrow] }))).toContain('LINT-07')
  })

  it('keeps an accepted finding, with its reason, out of the way', () => {
    const accept = [{ lint: 'LINT-28', reason: 'The runners are ours alone.' }]
    const change = { when: { runner_environment: undefined } }
    const [open] = findingsOf(documentOf('github', change))
    const [accepted] = findingsOf(documentOf('github', { ...change, rule: { accept } }))
    if (typeof open !== 'object' || typeof accepted !== 'object') throw new Error('no finding')
    expect([isBlocking(open), isBlocking(accepted)]).toEqual([true, false])
    expect(accepted).toMatchObject({ lint: 'LINT-28', accepted: 'The runners are ours alone.' })
  })

  it('says where in the document it is', () => {
    const [finding] = findingsOf(documentOf('github', { when: { ref: { glob: 'refs/heads/*' } } }))
    expect(finding).toMatchObject({ path: ['rules', 0, 'when', 'ref'], rule: 'deploy' })
    const [issuer] = findingsOf(documentOf('github', { issuer: { audience: 'vault' } }))
    expect(issuer).toMatchObject({ path: ['issuers', 'ci', 'audience'], rule: undefined })
  })

  it('reads rules in observe mode, and leaves deny rules alone', () => {
    const observed = documentOf('github', {
      when: { runner_environment: undefined },
      rule: { mode: 'observe' },
    })
    expect(idsOf(observed)).toContain('LINT-28')
    const deny = {
      name: 'no',
      effect: 'deny',
      from: 'ci',
      when: { environment: { glob: 'staging*' } },
    }
    expect(idsOf(documentOf('github', { more: [deny] }))).toEqual([])
  })

  it('names the resource in no finding', () => {
    expect(
      JSON.stringify(findingsOf(documentOf('github', { only: { repository: 'acme/app' } }))),
    ).not.toContain(API)
  })
})
