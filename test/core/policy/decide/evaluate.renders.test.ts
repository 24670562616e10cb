import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import {
  CLAIMS_DENIAL_REASONS,
  evaluateClaims,
} from '../../../../src/core/policy/explain/evaluate-claims.ts'
import { explain } from '../../../../src/core/policy/explain/explain.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, CLAIMS, decide, documentOf } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

function tokenOf(rules: readonly unknown[], claims: Json = CLAIMS, provider?: string) {
  const decision = decide(rules, claims, {}, provider)
  if (decision.kind === 'denied') return decision.denial
  const { subject, claims: issued, lifetimeSeconds } = decision
  return { subject, claims: issued, lifetimeSeconds }
}

describe('a granted decision', () => {
  it('contains the subject and the claims of the token', () => {
    const grant = { subject: 'gh:{repository_id}', claims: { ref: '{ref}' }, lifetime: '5m' }
    expect(tokenOf([allow('r', {}, grant)])).toEqual({
      subject: 'gh:8123456',
      claims: { ref: 'refs/heads/main' },
      lifetimeSeconds: 300,
    })
    expect(tokenOf([allow('r')])).toEqual({
      subject: `github:${CLAIMS.sub}`,
      claims: {},
      lifetimeSeconds: 600,
    })
  })

  it.each([
    [undefined, 600],
    [60, 60],
    [5000, 600],
  ])(
    'EXC-06 has the shortest of the applicable lifetimes: requested %s',
    (lifetimeSeconds, least) => {
      const compiled = compileTrust(documentOf([allow('r')]), CEILINGS)
      if ('problems' in compiled) throw new Error('refused')
      const request = { resource: API, scopes: undefined, rule: undefined, lifetimeSeconds }
      const identity = { issuer: 'github', claims: CLAIMS }
      expect(evaluateClaims(compiled.trust, identity, request, AT)).toMatchObject({
        lifetimeSeconds: least,
      })
    },
  )
})

describe('a decision whose template does not render', () => {
  const FAULT = { template: 'subject', claim: 'head_ref', cause: 'absent' }

  it('names the deciding rule, even if a later rule would render', () => {
    const rules = [allow('first', {}, { subject: 'gh:{head_ref}' }), allow('second')]
    expect(tokenOf(rules)).toMatchObject({ reason: 'template_unrenderable', template: FAULT })
  })

  it('tells a caller of the tenant the template, the claim and the length', () => {
    const claims = { ...CLAIMS, ref: `refs/heads/${'b'.repeat(260)}` }
    expect(tokenOf([allow('r', {}, { claims: { branch: '{ref}' } })], claims)).toEqual({
      reason: 'template_unrenderable',
      at: 'claims.branch',
      template: {
        template: 'claims.branch',
        claim: 'ref',
        cause: 'result_too_long',
        length: 271,
        limit: 255,
      },
      trace: [
        {
          rule: 'r',
          outcome: 'template_unrenderable',
          conditions: [
            {
              claim: 'repository_owner_id',
              holds: true,
              expected: '"4411"',
              presented: '"4411"',
            },
          ],
          template: {
            template: 'claims.branch',
            claim: 'ref',
            cause: 'result_too_long',
            length: 271,
            limit: 255,
          },
        },
      ],
    })
  })

  it('tells the caller nothing about a rule that pins no tenant', () => {
    const rule = { ...allow('r', {}, { subject: '{absent}' }), when: { kind: { exists: true } } }
    const denial = tokenOf([rule], { sub: 'x', kind: 'job' }, 'generic-oidc')
    expect(denial).toMatchObject({ reason: 'template_unrenderable', trace: [] })
  })

  it('is explained in a sentence', () => {
    const compiled = compileTrust(documentOf([allow('r', {}, { subject: 'a:{ref}' })]), CEILINGS)
    if ('problems' in compiled) throw new Error('refused')
    const claims = { ...CLAIMS, ref: 'x'.repeat(300) }
    const request = { resource: API, scopes: undefined, rule: undefined }
    const decision = evaluateClaims(compiled.trust, { issuer: 'github', claims }, request, AT)
    const sentence =
      'the template of subject does not render: the result has 302 bytes, and 255 are allowed; use {ref|sha256}'
    expect(explain(decision)).toEqual({
      summary: `denied: ${sentence}`,
      rules: [{ rule: 'r', sentence: `matches and decides, but ${sentence}` }],
      nearestMiss: 'r',
    })
    expect(CLAIMS_DENIAL_REASONS).toContain('template_unrenderable')
  })
})

describe('MAP-05 the type of a claim in a template', () => {
  const subjects = (when: Json, values: readonly unknown[], provider = 'generic-oidc') =>
    values.map((id) => {
      const rule = { ...allow('r', {}, { subject: 'u:{id}' }), when: { sub: 'x', ...when } }
      const token = tokenOf([rule], { sub: 'x', id }, provider)
      return 'subject' in token ? token.subject : token.reason
    })

  it('is text by default, and other types render differently', () => {
    expect(subjects({}, ['5', 5, 'true', true])).toEqual([
      'u:5',
      'u:%35',
      'u:true',
      'u:%74%72%75%65',
    ])
  })

  it.each([
    ['an equality', { id: 5 }],
    ['a range', { id: { min: 0 } }],
    ['several values', { id: [5, 6] }],
  ])('is a number if the rule requires one: %s', (_, when) => {
    expect(subjects(when, [5, '5'])).toEqual(['u:5', 'no_rule_matched'])
  })

  it('is text if the rule also allows a text', () => {
    expect(subjects({ id: [5, '5'] }, [5, '5'])).toEqual(['u:%35', 'u:5'])
  })

  it('is a boolean if the rule requires one', () => {
    expect(subjects({ id: [true, false] }, [true, 'true'])).toEqual(['u:true', 'no_rule_matched'])
  })

  it('depends on the rule, even if another rule has an equal grant', () => {
    const grant = { subject: 'u:{id}' }
    const rules = [
      { ...allow('number', {}, grant), when: { sub: 'x', id: { min: 0 } } },
      { ...allow('any', {}, grant), when: { sub: 'y' } },
    ]
    const ofSubject = (sub: string) => tokenOf(rules, { sub, id: 5 }, 'generic-oidc')
    expect(ofSubject('x')).toMatchObject({ subject: 'u:5' })
    expect(ofSubject('y')).toMatchObject({ subject: 'u:%35' })
  })

  it('is the type that the platform documents', () => {
    const grant = { subject: 'gl:{runner_id}:{project_id}' }
    const rule = { ...allow('r', {}, grant), when: { namespace_id: '1' } }
    const claims = { sub: 'x', namespace_id: '1', project_id: '42' }
    const ofRunner = (runner_id: unknown) =>
      tokenOf([rule], { ...claims, runner_id }, 'gitlab-self-managed')
    expect(ofRunner(7)).toMatchObject({ subject: 'gl:7:42' })
    expect(ofRunner('7')).toMatchObject({ subject: 'gl:%22%37%22:42' })
  })

  it('is a boolean if the platform documents one, and text if it documents text or a list', () => {
    const [project, rerun] = ['oidc.circleci.com/project-id', 'oidc.circleci.com/ssh-rerun']
    const rule = allow('r', {}, { subject: `ci:{${rerun}}:{aud}` })
    const compiled = compileTrust(
      {
        ...documentOf([{ ...rule, when: { [project]: 'p' } }]),
        issuers: { github: { provider: 'circleci', issuer: 'https://oidc.circleci.com' } },
      },
      CEILINGS,
    )
    if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
    const { trust } = compiled
    const request = { resource: API, scopes: undefined, rule: undefined }
    const subjectOf = (value: unknown) => {
      const claims = { sub: 'x', aud: 'org', [project]: 'p', [rerun]: value }
      return evaluateClaims(trust, { issuer: 'github', claims }, request, AT)
    }
    expect(subjectOf(false)).toMatchObject({ subject: 'ci:false:org' })
    expect(subjectOf('no')).toMatchObject({ subject: 'ci:%22%6E%6F%22:org' })
  })
})
