import { beforeAll, describe, expect, it } from 'vitest'
import { type CoreWorld, startCoreWorld } from '../../support/core-world.ts'
import { createMemoryIssuer } from '../../support/memory-issuer.ts'
import { AUDIENCE } from '../../support/vectors.ts'
import { API, credentialsForm } from '../support/grant-forms.ts'

let world: CoreWorld

beforeAll(async () => {
  world = await startCoreWorld()
})

const challengeWith = (sentence: string) =>
  `Token-Exchange error="invalid_client", error_description="${sentence}"`

describe('client credentials', () => {
  it('CA-07 TE-17 answers invalid_client and 401 for an assertion that is not acceptable', async () => {
    const rows = [
      [await world.mint({ iat: 1000, nbf: 1000, exp: 1060 }), 'the client assertion has expired'],
      [await world.mint({ exp: null }), 'the client assertion was not accepted'],
      ['a.b.c', 'the client assertion was not accepted'],
    ] as const
    for (const [assertion, error_description] of rows) {
      const { status, headers, body } = await world.send(credentialsForm(assertion))
      const challenge = challengeWith(error_description)
      expect([status, headers['www-authenticate']]).toEqual([401, challenge])
      expect(body).toMatchObject({ error: 'invalid_client', error_description })
    }
  })

  it('TE-17 names a missing parameter in the challenge too', async () => {
    const { client_assertion_type: _, ...form } = credentialsForm(await world.mint())
    const { headers, body } = await world.send(form)
    const sentence =
      'the client must authenticate with a client assertion and its type: client_assertion_type'
    expect(body).toMatchObject({ error: 'invalid_client', error_description: sentence })
    expect(headers['www-authenticate']).toBe(challengeWith(sentence))
  })

  it('CA-04 answers invalid_client for two audiences, a slash or the URL of the endpoint', async () => {
    for (const aud of [[AUDIENCE, 'https://x.example'], `${AUDIENCE}/`, `${AUDIENCE}/token`]) {
      const { body } = await world.send(credentialsForm(await world.mint({ aud })))
      expect(body).toMatchObject({ error: 'invalid_client' })
      expect(world.recorded.at(-1)).toMatchObject({ reason: 'audience_mismatch' })
    }
  })

  it('TE-10 answers unauthorized_client if the client is authentic and no rule allows it', async () => {
    const { status, headers, body } = await world.send(
      credentialsForm(await world.mint({ ref: 'refs/heads/other' })),
    )
    expect([status, 'error' in body && body.error]).toEqual([400, 'unauthorized_client'])
    expect(headers).not.toHaveProperty('www-authenticate')
    expect(world.recorded.at(-1)).toMatchObject({ reason: 'no_rule_matched' })
  })

  it('CA-03 accepts a client id that is the subject or the rule that decides', async () => {
    const sub = 'repo:acme@1234567/api@456789012:environment:production'
    for (const client_id of [sub, 'deploy']) {
      const { status } = await world.send({ ...credentialsForm(await world.mint({})), client_id })
      expect([client_id, status]).toEqual([client_id, 200])
    }
    for (const client_id of ['other', `${sub}x`, 'DEPLOY', AUDIENCE]) {
      const { status, body } = await world.send({
        ...credentialsForm(await world.mint()),
        client_id,
      })
      expect([status, 'error' in body && body.error]).toEqual([401, 'invalid_client'])
      expect(world.recorded.at(-1)).toMatchObject({ reason: 'client_mismatch', rule: 'deploy' })
    }
  })

  it('CA-03 REP-05 does not use up a token whose client id is wrong', async () => {
    const form = credentialsForm(await world.mint())
    expect((await world.send({ ...form, client_id: 'other' })).status).toBe(401)
    expect((await world.send(form)).status).toBe(200)
  })

  it('CA-05 CA-06 accepts the typ of a client assertion, and not that of other tokens', async () => {
    const judge = async (typ: string) => {
      const request = { provider: 'github-actions', audience: AUDIENCE, header: { typ } }
      const { status } = await world.send(
        credentialsForm(await world.issuer.mint(request, 'github')),
      )
      return status
    }
    for (const typ of ['client-authentication+jwt', 'JWT', 'application/jwt']) {
      expect([typ, await judge(typ)]).toEqual([typ, 200])
    }
    for (const typ of ['at+jwt', 'dpop+jwt', 'oauth-id-jag+jwt', 'secevent+jwt']) {
      expect([typ, await judge(typ)]).toEqual([typ, 401])
      expect(world.recorded.at(-1)).toMatchObject({ reason: 'token_kind_not_accepted' })
    }
  })
})

describe('client credentials with a JWT-SVID', () => {
  const domain = createMemoryIssuer()
  const SUB = 'spiffe://acme.example/ns/prod/sa/api'
  let own: CoreWorld

  beforeAll(async () => {
    const { keys } = await domain.keySet('acme')
    const jwks = { keys: keys.map((key) => Object.assign({}, key, { use: 'jwt-svid' })) }
    const rule = {
      owner: 'platform@example.com',
      expires: '2099-12-31',
      from: 'acme',
      when: { sub: { glob: 'spiffe://acme.example/ns/prod/sa/*' } },
      grant: { resource: API, scopes: ['read'] },
    }
    const acme = {
      provider: 'spiffe-jwt-svid',
      issuer: 'https://acme.acme.internal',
      trust_domain: 'acme.example',
      keys: { jwks },
    }
    own = await startCoreWorld(() => ({
      version: 1,
      issuers: { acme },
      resources: { [API]: { scopes: ['read'] } },
      rules: [{ ...rule, name: 'prod' }],
    }))
  })

  /** Without `iss` and `iat`, which a JWT-SVID need not have. */
  function svid(change: Readonly<Record<string, unknown>> = {}, header = {}) {
    const exp = own.now() + 300
    const claims = { sub: SUB, exp, iss: null, iat: null, nbf: null, jti: null, ...change }
    return domain.mint({ provider: 'spiffe-jwt-svid', audience: AUDIENCE, claims, header }, 'acme')
  }

  async function judge(token: string, change: Readonly<Record<string, string>> = {}) {
    const { status } = await own.send({ ...credentialsForm(token, 'jwt-spiffe'), ...change })
    return status === 200 ? 200 : own.recorded.at(-1)?.reason
  }

  it('CA-11 is accepted, with its SPIFFE ID as the client id', async () => {
    expect(await judge(await svid())).toBe(200)
    expect(await judge(await svid(), { client_id: SUB })).toBe(200)
    expect(await judge(await svid(), { client_id: `${SUB}/x` })).toBe('client_mismatch')
  })

  it('CA-11 is refused without exp, with another audience or with two', async () => {
    expect(await judge(await svid({ exp: null }))).toBe('claim_missing')
    expect(await judge(await svid({ aud: `${AUDIENCE}/token` }))).toBe('audience_mismatch')
    expect(await judge(await svid({ aud: [AUDIENCE, 'x'] }))).toBe('audience_mismatch')
  })

  it('CA-12 CA-13 is of the configured trust domain, and matched by whole segments', async () => {
    const sub = 'spiffe://partner.example/ns/prod/sa/api'
    expect(await judge(await svid({ sub }))).toBe('issuer_not_trusted')
    const iss = 'https://acme.acme.internal'
    expect(await judge(await svid({ sub, iss }))).toBe('claim_invalid')
    expect(await judge(await svid({ sub: 'spiffe://acme.example/ns/prod/sa/a/b' }))).toBe(
      'no_rule_matched',
    )
  })

  it('SP-02 is refused with the typ of another client assertion', async () => {
    const typed = await svid({}, { typ: 'client-authentication+jwt' })
    expect(await judge(typed)).toBe('token_kind_not_accepted')
    expect((await own.send(credentialsForm(typed))).status).toBe(200)
  })
})
