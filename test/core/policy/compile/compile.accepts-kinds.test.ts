/** `accepts` of an issuer entry: the kinds of tokens that it accepts in addition. */
import { describe, expect, it } from 'vitest'
import { compileTrust } from '../../../../src/core/policy/compile/compile.ts'
import { CEILINGS } from '../../../support/core-world.ts'

const OKTA = { provider: 'okta', issuer: 'https://example.okta.com' }

function compile(issuer: object, when: object = { sub: 'x' }) {
  const rule = {
    name: 'one',
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'idp',
    when,
    grant: { resource: 'https://api.example.com', scopes: ['read'] },
  }
  const resources = { 'https://api.example.com': { scopes: ['read'] } }
  return compileTrust({ version: 1, issuers: { idp: issuer }, resources, rules: [rule] }, CEILINGS)
}

const problemsOf = (issuer: object, when?: object) => {
  const compiled = compile(issuer, when)
  return 'problems' in compiled ? compiled.problems.map(({ code }) => code) : []
}

describe('accepts', () => {
  it('is empty by default, and takes two kinds', () => {
    for (const [entry, accepts] of [
      [OKTA, []],
      [{ ...OKTA, accepts: ['id_jag', 'access_token'] }, ['id_jag', 'access_token']],
    ] as const) {
      const compiled = compile(entry)
      if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
      expect(compiled.trust.issuers.get(OKTA.issuer)?.accepts).toEqual(accepts)
    }
  })

  it.each([
    ['an unknown kind', ['refresh_token'], 'value_invalid'],
    ['nothing', [], 'value_invalid'],
    ['a text', 'id_jag', 'type_wrong'],
    ['a kind twice', ['id_jag', 'id_jag'], 'accepts_misplaced'],
  ])('is refused with %s', (_, accepts, code) => {
    expect(problemsOf({ ...OKTA, accepts })).toEqual([code])
  })

  it('CH-10 id_jag is refused for a platform of many customers and for a trust domain', () => {
    const github = { provider: 'github-actions' }
    const pinned = { repository_owner_id: '1' }
    expect(problemsOf({ ...github, accepts: ['access_token'] }, pinned)).toEqual([])
    expect(problemsOf({ ...github, accepts: ['id_jag'] }, pinned)).toEqual(['accepts_misplaced'])
    const spire = {
      provider: 'spiffe-jwt-svid',
      issuer: 'https://spire.example.com',
      trust_domain: 'acme.example',
      accepts: ['id_jag'],
    }
    const sub = { sub: 'spiffe://acme.example/x' }
    expect(problemsOf(spire, sub)).toEqual(['accepts_misplaced'])
  })

  it('lets rules name the claims of these kinds', () => {
    const when = { sub: 'x', client_id: 'app', resource: { exists: true }, scope: 'read' }
    expect(problemsOf(OKTA, when)).toEqual(['claim_unknown', 'claim_unknown', 'claim_unknown'])
    expect(problemsOf({ ...OKTA, accepts: ['id_jag'] }, when)).toEqual([])
  })
})
