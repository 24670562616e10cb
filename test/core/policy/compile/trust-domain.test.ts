/** Which subjects tokens may have, if the gateway has a SPIFFE trust domain. */
import { describe, expect, it } from 'vitest'
import { renderGrant } from '../../../../src/core/policy/decide/render-grant.ts'
import { CEILINGS } from '../../../support/core-world.ts'
import { GRANT } from '../support/default-subject.ts'
import { API, good, type Json, problemsOf, rule } from '../support/documents.ts'

const SVID = 'https://reports.acme.dev'

/** A document whose rule grants a resource this subject. */
function granting(uri: string, subject: string | undefined, resource: Json = {}) {
  const grant = { resource: uri, scopes: ['deploy:read'], ...(subject ? { subject } : {}) }
  return {
    ...good,
    resources: { [uri]: { scopes: ['deploy:read'], ...resource } },
    rules: [{ ...rule, grant }],
  }
}

const found = (document: unknown, trustDomain: string | undefined) =>
  problemsOf(document, { ...CEILINGS, trustDomain }).map(({ code, path }) => [code, path.at(-1)])

const svid = (subject: string | undefined) => granting(SVID, subject, { for: 'spiffe' })
const FOREIGN = ['trust_domain_foreign', 'subject']

describe('a resource for: spiffe', () => {
  const good = 'spiffe://acme.dev/ci/{repository_id}'

  it('is accepted in the trust domain of the gateway', () => {
    expect(found(svid(good), 'acme.dev')).toEqual([])
  })

  it('OUT-01 is refused if the gateway has no trust domain', () => {
    expect(found(svid(good), undefined)).toEqual([['trust_domain_missing', 'for']])
  })

  it('may name any trust domain where that of the gateway is not known', () => {
    expect(found(svid('spiffe://any.example/{repository_id}'), '*')).toEqual([])
  })

  it.each([
    ['another trust domain', 'spiffe://other.dev/ci/{repository_id}'],
    ['a trust domain that begins like that of the gateway', 'spiffe://acme.dev.evil.example/x'],
    ['a trust domain that ends like that of the gateway', 'spiffe://evil.acme.dev/x'],
    ['a claim that ends the trust domain', 'spiffe://acme.dev{repository_id}/x'],
    ['a claim as the trust domain', 'spiffe://{repository_owner_id}/x'],
  ])('ISS-06 is refused with %s', (_, subject) => {
    for (const trustDomain of ['acme.dev', ...(subject.includes('{repository_o') ? ['*'] : [])]) {
      expect(found(svid(subject), trustDomain)).toContainEqual(FOREIGN)
    }
  })

  it.each(['JWT', 'at+jwt'])('OUT-01 cannot have typ: %s', (typ) => {
    const document = granting(SVID, good, { for: 'spiffe', typ })
    expect(found(document, 'acme.dev')).toContainEqual(['preset_contradicted', 'typ'])
  })
})

describe('a subject of any other resource', () => {
  it.each([
    'spiffe://acme.dev/admin',
    'spiffe://acme.dev/{repository_id}',
    'SPIFFE://Acme.Dev/admin',
    'spiffe://acme.dev',
    'spiffe://acme.dev?x',
  ])('OUT-01 %s is refused', (subject) => {
    expect(found(granting(API, subject), 'acme.dev')).toContainEqual(FOREIGN)
  })

  it.each(['spiffe://acme.dev.example/x', 'spiffe://other.dev/x', 'github:{repository_id}'])(
    '%s is accepted',
    (subject) => expect(found(granting(API, subject), 'acme.dev')).toEqual([]),
  )

  it('is not affected if the gateway has no trust domain', () => {
    expect(found(granting(API, 'spiffe://acme.dev/admin'), undefined)).toEqual([])
  })

  it('OUT-01 does not render from claims either', () => {
    const resource = { preset: undefined, typ: 'JWT', trustDomain: 'acme.dev' } as const
    const holder = { issuerName: 'spiffe', subject: '//acme.dev/admin', claims: {} }
    const fault = { template: 'subject', cause: 'refused' }
    expect(renderGrant(GRANT, holder, resource)).toEqual({ ok: false, error: fault })
    const other = { ...resource, trustDomain: 'other.dev' }
    expect(renderGrant(GRANT, holder, other)).toMatchObject({ ok: true })
    const svid = { ...resource, typ: 'JOSE' } as const
    expect(renderGrant(GRANT, holder, svid)).toMatchObject({ ok: true })
  })
})
