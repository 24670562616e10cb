/** The setting ADMIN_LOGIN: its form, and that the deploy-time policy trusts its provider. */
import { describe, expect, it } from 'vitest'
import { parseAdminLogin } from '../../src/contract/login.ts'
import { readSettings } from '../../src/core/settings.ts'

const ISSUER = 'https://idp.example.com'
const LOGIN = { issuer: ISSUER, client_id: 'edgemint' }
const parse = (login: unknown) => parseAdminLogin(JSON.stringify(login))

describe('ADMIN_LOGIN', () => {
  it('asks for openid by default', () => {
    expect(parse(LOGIN)).toEqual({ ok: true, value: { ...LOGIN, scopes: ['openid'] } })
  })

  it('keeps the scopes that it names', () => {
    const login = { ...LOGIN, scopes: ['openid', 'offline_access'] }
    expect(parse(login)).toEqual({ ok: true, value: login })
  })

  it.each([
    ['no issuer', { client_id: 'a' }, 'issuer: is missing: issuer is required'],
    ['no client', { issuer: ISSUER }, 'client_id: is missing: client_id is required'],
    ['a list', [LOGIN], 'the object: must be an object, not a list'],
    ['a secret', { ...LOGIN, client_secret: 'x' }, 'client_secret: unknown key "client_secret"'],
    ['scopes without openid', { ...LOGIN, scopes: ['email'] }, 'scopes: must include openid'],
    [
      'two scopes in one text',
      { ...LOGIN, scopes: ['openid', 'a b'] },
      'scopes.1: must be the name of a scope',
    ],
    [
      'a client with a line end',
      { ...LOGIN, client_id: 'a\n' },
      'client_id: has the control character U+000A: remove it',
    ],
    ['a client in Greek', { ...LOGIN, client_id: 'α' }, 'client_id: must be ASCII text'],
  ])('is refused with %s', (_, login, message) => {
    expect(parse(login)).toEqual({ ok: false, error: message })
  })

  it('is refused if it is not JSON', () => {
    expect(parseAdminLogin('https://idp.example.com')).toEqual({ ok: false, error: 'is not JSON' })
  })

  it('is refused if it has two clients', () => {
    const text = JSON.stringify(LOGIN).replace('{', '{"client_id":"other",')
    expect(parseAdminLogin(text)).toEqual({
      ok: false,
      error: 'has a duplicate key: client_id',
    })
  })
})

describe('ADMIN_LOGIN beside BOOTSTRAP_TRUST', () => {
  const people = { provider: 'generic-oidc', issuer: ISSUER, audience: 'edgemint' }
  const policy = (issuer: object) => JSON.stringify({ issuers: { people: issuer }, rules: [] })
  const read = (variables: Readonly<Record<string, string>>) =>
    readSettings({
      ISSUER: 'https://sts.example.com',
      ADMIN_LOGIN: JSON.stringify(LOGIN),
      ...variables,
    })

  it('names an issuer of the policy, with the client as its audience', () => {
    expect(read({ BOOTSTRAP_TRUST: policy(people) })).toMatchObject({
      ok: true,
      value: { login: { ...LOGIN, scopes: ['openid'] } },
    })
  })

  it('is refused with a policy that has a duplicate key, which is named', () => {
    const twice = policy(people).replace('{"provider"', '{"audience":"other","provider"')
    const message = 'has a duplicate key: issuers.people.audience'
    expect(read({ BOOTSTRAP_TRUST: twice })).toMatchObject({
      ok: false,
      error: expect.arrayContaining([{ variable: 'BOOTSTRAP_TRUST', message }]),
    })
  })

  it('is off if it is empty', () => {
    expect(read({ ADMIN_LOGIN: '' })).toMatchObject({ ok: true, value: { login: undefined } })
  })

  it.each([
    ['no policy', {}, 'requires BOOTSTRAP_TRUST: set both'],
    [
      'another issuer in the policy',
      { BOOTSTRAP_TRUST: policy({ ...people, issuer: `${ISSUER}/other` }) },
      'names an issuer that BOOTSTRAP_TRUST does not trust: add it there',
    ],
    [
      'an issuer for another audience',
      { BOOTSTRAP_TRUST: policy({ ...people, audience: 'other' }) },
      'has another client_id than the "audience" of its issuer in BOOTSTRAP_TRUST: make them equal',
    ],
    [
      'an issuer for the audience of the gateway',
      { BOOTSTRAP_TRUST: policy({ ...people, audience: undefined }) },
      'has another client_id than the "audience" of its issuer in BOOTSTRAP_TRUST: make them equal',
    ],
  ])('is invalid with %s', (_, variables: Readonly<Record<string, string>>, message) => {
    expect(read(variables)).toEqual({ ok: false, error: [{ variable: 'ADMIN_LOGIN', message }] })
  })
})
