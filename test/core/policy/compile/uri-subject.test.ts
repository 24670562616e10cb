import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { compileStored } from '../../../../src/core/policy/compile/stored.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { API, good, type Json, problemsOf, rule } from '../support/documents.ts'
import { loadForm } from '../support/form.ts'

const documentWith = (grant: Json, subject: string | undefined = 'uri') => ({
  ...good,
  resources: { [API]: { ...good.resources[API], ...(subject === '' ? {} : { subject }) } },
  rules: [{ ...rule, grant: { ...rule.grant, ...grant } }],
})

const AT = ['rules', 0, 'grant']
const MARKER = 'spiffe://acme.dev/repo/{repository_id}'

describe('a resource with subject: uri', () => {
  it.each([MARKER, 'https://acme.dev/{repository}', 'urn:acme:{repository_id}:{ref}'])(
    'accepts %s',
    (subject) => {
      expect(problemsOf(documentWith({ subject }))).toEqual([])
      const [issuer] = loadForm(
        compileStored(documentWith({ subject }), CEILINGS),
      ).trust.issuers.values()
      expect(issuer?.ruleAt(0).grant?.subject?.uri).toBe(subject === MARKER ? 'spiffe_id' : 'uri')
    },
  )

  it.each([
    ['no template', {}, 'subject_required', AT],
    ['a text', { subject: 'gh:{repository_id}/{ref}' }, undefined, AT],
    ['no scheme', { subject: '{repository_id}' }, 'template_invalid', [...AT, 'subject']],
    [
      'a claim as trust domain',
      { subject: 'spiffe://{sub}/x' },
      'template_invalid',
      [...AT, 'subject'],
    ],
    ['an empty segment', { subject: 'spiffe://a//{sub}' }, 'template_invalid', [...AT, 'subject']],
    [
      'MAP-06 literal text that is too long',
      { subject: `https://acme.dev/${'x'.repeat(180)}{repository_id|sha256}` },
      'template_too_long',
      [...AT, 'subject'],
    ],
  ])('refuses %s', (_, grant, code, path) => {
    const problems = problemsOf(documentWith(grant))
    expect(problems).toEqual(
      code === undefined ? [] : [{ code, path, message: expect.stringMatching(/./) }],
    )
  })

  it('leaves the claims of the grant as texts', () => {
    const grant = { subject: MARKER, claims: { pair: '{repository_id}-{ref}' } }
    expect(problemsOf(documentWith(grant))).toEqual([])
  })

  it('changes nothing for a resource without it', () => {
    const compiled = compileTrust(documentWith({ subject: MARKER }, ''), CEILINGS)
    const [one] = 'trust' in compiled ? compiled.trust.rules : []
    expect(one?.grant?.subject).toMatchObject({ uri: undefined, maxBytes: 255 })
  })

  it('has no other form', () => {
    const [problem] = problemsOf(documentWith({ subject: MARKER }, 'text'))
    expect([problem?.code, problem?.path]).toEqual(['value_invalid', ['resources', API, 'subject']])
  })
})
