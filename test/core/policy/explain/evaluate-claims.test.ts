/** Which issuer the claims of a test have, which rules are traced, and whether the subject is known. */
import { describe, expect, it } from 'vitest'
import { compileTrust, evaluate } from '../../../../src/analysis/index.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, AT, allow, CLAIMS, documentOf, OTHER } from '../support/decide.ts'

type Json = Readonly<Record<string, unknown>>

const ISSUER = 'https://token.actions.githubusercontent.com'
const OTHER_ISSUER = 'https://gitlab.com'
const { sub: _, ...WITHOUT_SUBJECT } = CLAIMS

function decided(
  rules: readonly unknown[],
  claims: Json,
  issuer = 'github',
  asked: { readonly resource?: string } = { resource: API },
) {
  const { issuers, ...document } = documentOf(rules)
  const all = { ...issuers, gitlab: { provider: 'gitlab-com' } }
  const result = compileTrust({ ...document, issuers: all }, CEILINGS)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems))
  const request = { resource: asked.resource, scopes: undefined, rule: undefined }
  return evaluate(result.trust, { issuer, claims }, request, AT)
}

describe('the issuer of claims', () => {
  it('is the named one, unless iss is the URL of another', () => {
    const rules = [allow('deploy')]
    expect(decided(rules, CLAIMS)).toMatchObject({ kind: 'granted' })
    expect(decided(rules, { ...CLAIMS, iss: ISSUER })).toMatchObject({ kind: 'granted' })
    const refused = { kind: 'denied', reason: 'issuer_not_trusted', trace: [] }
    expect(decided(rules, { ...CLAIMS, iss: OTHER_ISSUER })).toMatchObject(refused)
    expect(decided(rules, CLAIMS, 'nobody')).toMatchObject(refused)
  })

  it('is this gateway, whatever iss is, because only the gateway knows its URL', () => {
    const own = { ...allow('moved'), from: 'self', when: { client_id: 'deploy' } }
    const claims = { client_id: 'deploy', sub: 'github:1', aud: API }
    for (const iss of [undefined, 'https://tokens.acme.dev']) {
      const { trace } = decided([own], iss === undefined ? claims : { ...claims, iss }, 'self')
      expect(trace).toMatchObject([{ rule: 'moved', effect: 'allow' }])
    }
  })

  it('has its rules traced, and no rules of others', () => {
    const other = { ...allow('other'), from: 'gitlab', when: { namespace_id: '1' } }
    const { trace } = decided([other, allow('deploy')], CLAIMS)
    expect(trace.map(({ rule }) => rule)).toEqual(['deploy'])
  })
})

it('a rule for another resource than the one that is found is no near miss', () => {
  const other = allow('other', { ref: 'x' }, { resource: OTHER, scopes: ['read'] })
  const { trace } = decided([allow('deploy'), other], CLAIMS, 'github', {})
  expect(trace.map(({ outcome }) => outcome)).toEqual(['matched', 'other_resource'])
})

describe('the subject of a decision about claims', () => {
  const fixed = allow('fixed', {}, { subject: 'job' })

  it.each([
    ['of the claims', allow('plain'), CLAIMS, `github:${CLAIMS.sub}`],
    ['of the rule', fixed, CLAIMS, 'job'],
    ['of the rule, without a subject in the claims', fixed, WITHOUT_SUBJECT, 'job'],
    ['unknown without either', allow('plain'), WITHOUT_SUBJECT, undefined],
  ] as const)('is that %s', (_, rule, claims, subject) => {
    const decision = decided([rule], claims)
    expect(decision.kind === 'granted' && [decision.subject]).toEqual([subject])
  })

  it.each([7, ['a'], null, 'a\u0000b'])('cannot be rendered if sub is %j', (sub) => {
    expect(decided([allow('plain')], { ...CLAIMS, sub })).toMatchObject({
      ...{ kind: 'denied', reason: 'template_unrenderable', template: { template: 'subject' } },
      trace: [{ rule: 'plain', outcome: 'template_unrenderable', template: { claim: 'sub' } }],
    })
  })
})
