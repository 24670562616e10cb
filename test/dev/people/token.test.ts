/** The token endpoint of the dev issuer's people: codes, refresh tokens and faults. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Client, startClient } from './support.ts'

const LASTING = { scope: 'openid offline_access' }
let clock = Math.floor(Date.now() / 1000)
let client: Client
beforeAll(async () => {
  client = await startClient(() => clock)
})
afterAll(() => client.dev.close())
afterEach(() => client.behave({ sign_in: 'normal', id_token: 'normal', refresh_token: 'normal' }))

const refresh = (token: unknown, more: Readonly<Record<string, string>> = {}) =>
  client.token({ grant_type: 'refresh_token', refresh_token: String(token), ...more })
const claimsOf = (answer: Readonly<Record<string, unknown>>) => decodeJwt(String(answer.id_token))

describe('a code', () => {
  it('gives an ID token of the person, for the client and with the nonce', async () => {
    const answer = await client.redeem(await client.code({ scope: 'openid email' }))
    expect(answer).toMatchObject({ status: 200, token_type: 'Bearer', scope: 'openid email' })
    expect(answer).not.toHaveProperty('refresh_token')
    const keys = createRemoteJWKSet(new URL(`${client.issuer}/jwks`))
    const { payload } = await jwtVerify(String(answer.id_token), keys)
    expect(payload).toEqual({
      // The tests put it into every token.
      canary: expect.any(String),
      iss: client.issuer,
      aud: 'edgemint',
      sub: 'ada',
      email: 'ada@example.com',
      groups: ['platform'],
      nonce: 'the-nonce',
      auth_time: clock,
      iat: clock,
      exp: clock + 3600,
    })
  })

  it('tells no address and no name without their scopes', async () => {
    const claims = claimsOf(await client.redeem(await client.code()))
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('name')
  })

  it.each([
    ['another verifier', { code_verifier: 'b'.repeat(43) }],
    ['a short verifier', { code_verifier: 'abc' }],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }],
  ])('is refused with %s, and is then used up', async (_, change) => {
    const code = await client.code()
    expect(await client.redeem(code, change)).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect(await client.redeem(code)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it('is valid for a minute', async () => {
    const code = await client.code()
    clock += 60
    expect(await client.redeem(code)).toMatchObject({ error: 'invalid_grant' })
  })

  it('ends the tokens of its first use if it is used again', async () => {
    const code = await client.code(LASTING)
    const first = await client.redeem(code)
    expect(await client.redeem(code)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(first.refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('a refresh token', () => {
  it('gives a new ID token without the nonce, and the next refresh token', async () => {
    const first = await client.redeem(await client.code(LASTING))
    clock += 100
    const second = await refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(claimsOf(second)).toMatchObject({ sub: 'ada', iat: clock, auth_time: clock - 100 })
    expect(claimsOf(second)).not.toHaveProperty('nonce')
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 200 })
  })

  it('ends all tokens of its sign-in if it is used twice', async () => {
    const first = await client.redeem(await client.code(LASTING))
    const second = await refresh(first.refresh_token)
    expect(await refresh(first.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(second.refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })

  it('does not widen the scopes', async () => {
    const { refresh_token } = await client.redeem(await client.code(LASTING))
    const wider = await refresh(refresh_token, { scope: 'openid email' })
    expect(wider).toMatchObject({ status: 400, error: 'invalid_scope' })
  })

  it('ends when it is revoked', async () => {
    const { refresh_token } = await client.redeem(await client.code(LASTING))
    const form = { client_id: 'edgemint', token: String(refresh_token) }
    expect((await client.post('/revoke', form)).status).toBe(200)
    expect(await refresh(refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect((await client.post('/revoke', { ...form, token: 'unknown' })).status).toBe(200)
  })
})

describe('the token endpoint', () => {
  it.each([
    ['a secret', { client_secret: 'x' }, {}, 401, 'invalid_client'],
    ['basic authentication', {}, { authorization: 'Basic eDp5' }, 401, 'invalid_client'],
    ['another client', { client_id: 'other' }, {}, 401, 'invalid_client'],
    ['another grant type', { grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    ['another body', {}, { 'content-type': 'application/json' }, 400, 'invalid_request'],
  ])('refuses %s', async (_, change, headers, status, error) => {
    const form = { client_id: 'edgemint', grant_type: 'authorization_code', code: 'x', ...change }
    const response = await client.post(
      '/token',
      form,
      headers as unknown as Readonly<Record<string, string>>,
    )
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ error })
  })
})

describe('a fault that a test asks for', () => {
  it.each([
    ['wrong_issuer', { iss: expect.stringMatching(/\/people\/other$/) }],
    ['wrong_audience', { aud: 'another-client' }],
    ['wrong_nonce', { nonce: 'of-another-request' }],
  ])('is an ID token with %s', async (id_token, claims) => {
    await client.behave({ id_token })
    expect(claimsOf(await client.redeem(await client.code()))).toMatchObject(claims)
  })

  it('is no ID token', async () => {
    await client.behave({ id_token: 'missing' })
    expect(await client.redeem(await client.code())).not.toHaveProperty('id_token')
  })

  it('is no refresh token', async () => {
    await client.behave({ refresh_token: 'never' })
    expect(await client.redeem(await client.code(LASTING))).not.toHaveProperty('refresh_token')
  })

  it('is a refused refresh token', async () => {
    const { refresh_token } = await client.redeem(await client.code(LASTING))
    await client.behave({ refresh_token: 'refused' })
    expect(await refresh(refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })

  it('is another state, another issuer, or a refusal in the browser', async () => {
    const { signIn } = await import('../../support/browser.ts')
    const answers = []
    for (const sign_in of ['wrong_state', 'wrong_iss', 'denied']) {
      await client.behave({ sign_in })
      answers.push(new URL(await signIn(client.authorizeUrl(), 'ada')).searchParams)
    }
    expect(answers[0]?.get('state')).toBe('of-another-request')
    expect(answers[1]?.get('iss')).toBe(`${client.issuer}/other`)
    expect(answers[2]?.get('error')).toBe('access_denied')
  })

  it('is refused if it is unknown, or for another issuer', async () => {
    const response = await client.behave({ sign_in: 'sometimes' })
    expect(await response.json()).toEqual({
      error: 'sign_in must be one of normal, denied, wrong_state, wrong_iss',
    })
    const body = JSON.stringify({ sign_in: 'denied' })
    const other = await fetch(`${client.dev.issuer}/github/behave`, { method: 'POST', body })
    expect(other.status).toBe(400)
  })
})
