/**
 * Tokens for resources whose clients or APIs use a name that is not the resource's URI, and requests
 * without a target.
 */
import { createExecutionContext } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import worker from '../../../src/worker/index.ts'
import {
  accessToken,
  adminSubjectToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchange,
  GATEWAY,
  post,
  readJson,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'
import { verify } from '../support/verify.ts'

const GOOGLE =
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/e'
const FULCIO = 'https://fulcio.test'
const STS = 'https://google.test/pool'

let issuer: TestIssuer

beforeAll(async () => {
  issuer = await quickIssuer()
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const ruleFor = (name: string, resource: string, ref: string) => ({
    ...rule,
    name,
    when: { ...rule?.when, ref },
    grant: { resource, scopes: ['sign'] },
  })
  await applyTrust({
    ...base,
    resources: {
      [API]: { ...base.resources[API], also_known_as: ['api://4f1c', '4f1c.apps.test'] },
      [FULCIO]: { scopes: ['sign'], audience: 'sigstore' },
      [STS]: { scopes: ['sign'], audience: GOOGLE },
    },
    rules: [rule, ruleFor('sign', FULCIO, 'refs/tags/v1'), ruleFor('cloud', STS, 'refs/tags/v1')],
  })
})

const mint = (ref = 'refs/heads/main') => issuer.mint({ claims: { ref } })
const TAG = 'refs/tags/v1'
const tokenFor = async (audience: string, ref = TAG) =>
  accessToken(await mint(ref), { resource: undefined, audience })

describe('a request that names a resource by another name', () => {
  it.each([
    [API, 'refs/heads/main', API],
    ['api://4f1c', 'refs/heads/main', API],
    ['4f1c.apps.test', 'refs/heads/main', API],
    ['sigstore', TAG, 'sigstore'],
    [FULCIO, TAG, 'sigstore'],
    [GOOGLE, TAG, GOOGLE],
    [`${STS}`, TAG, GOOGLE],
  ])('IT-07 gets the audience of the document: %s', async (audience, ref, aud) => {
    expect(decodeJwt(await tokenFor(audience, ref)).aud).toBe(aud)
  })

  it('may send a name that is a URI as resource', async () => {
    const token = await accessToken(await mint(), { resource: 'API://4F1C' })
    expect(decodeJwt(token).aud).toBe(API)
    const response = await exchange(await mint(TAG), { resource: 'sigstore' })
    expect([response.status, (await readJson(response)).error]).toEqual([400, 'invalid_target'])
  })

  it.each(['Sigstore', 'sigstore ', 'sigstore/', GOOGLE.slice(2), 'urn:edgemint:admin'])(
    'is refused for any other spelling: %j',
    async (audience) => {
      const response = await exchange(await mint(TAG), { resource: undefined, audience })
      expect((await readJson(response)).error).toBe('invalid_target')
    },
  )
})

describe('a token whose audience is no URI', () => {
  it('is allowed by /verify under every URI of its resource, and under no other', async () => {
    const token = await tokenFor('sigstore')
    expect((await verify(token, { resource: FULCIO, scope: 'sign' })).status).toBe(200)
    expect((await verify(token, { resource: API })).status).toBe(401)
    expect((await verify(token, { resource: STS })).status).toBe(401)
    const known = await tokenFor(API, 'refs/heads/main')
    expect((await verify(known, { resource: 'api://4f1c' })).status).toBe(200)
    expect((await verify(token, { resource: 'api://4f1c' })).status).toBe(401)
  })

  it('PR-05 is allowed by the verifier with this audience, and by no other', async () => {
    const token = await tokenFor(GOOGLE)
    const verifierOf = (audience: string) =>
      createVerifier({
        issuer: GATEWAY,
        audience,
        fetch: async (input, init) =>
          worker.fetch(new Request(input, init), deployment(), createExecutionContext()),
      })
    expect((await verifierOf(GOOGLE).verify(token)).claims.aud).toBe(GOOGLE)
    for (const audience of [STS, 'sigstore', `https:${GOOGLE}`]) {
      await expect(verifierOf(audience).verify(token), audience).rejects.toThrow('not accepted')
    }
  })

  it('IN-05 is described to a token of the same resource, and to no other', async () => {
    const token = await tokenFor('sigstore')
    const introspect = async (caller: string) =>
      readJson(await post('/introspect', { token }, bearer(caller)))
    const active = { active: true, aud: 'sigstore', client_id: 'sign' }
    expect(await introspect(token)).toMatchObject(active)
    expect(await introspect(await tokenFor('sigstore'))).toMatchObject(active)
    expect(await introspect(await adminToken())).toMatchObject(active)
    expect(await introspect(await tokenFor(GOOGLE))).toEqual({ active: false })
    expect(await introspect(await tokenFor(API, 'refs/heads/main'))).toEqual({ active: false })
  })

  it('is revoked by its holder', async () => {
    const token = await tokenFor('sigstore')
    expect((await post('/revoke', { token }, {})).status).toBe(200)
    expect(await readJson(await post('/introspect', { token }, bearer(token)))).toEqual({
      active: false,
    })
  })
})

/** What Spring's `RestClientTokenExchangeTokenResponseClient` sends without a converter. */
const SPRING = {
  resource: undefined,
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  client_id: 'orders',
}

describe('a request without a target', () => {
  it('IT-08 gets a token for the one resource that its rules grant', async () => {
    const response = await exchange(await mint(), SPRING)
    expect(response.status).toBe(200)
    const { access_token: token } = (await readJson(response)) as { access_token: string }
    expect(decodeJwt(token)).toMatchObject({ aud: API, client_id: 'deploy' })
  })

  it('IT-08 is refused if its rules grant several resources, or none', async () => {
    for (const ref of [TAG, 'refs/heads/other']) {
      const response = await exchange(await mint(ref), SPRING)
      expect([response.status, await readJson(response)]).toEqual([
        400,
        {
          error: 'invalid_target',
          error_description: 'a resource is required',
          decision_id: expect.any(String),
        },
      ])
    }
  })

  it('may name the rule instead', async () => {
    const token = await accessToken(await mint(TAG), { resource: undefined, rule: 'cloud' })
    expect(decodeJwt(token)).toMatchObject({ aud: GOOGLE, client_id: 'cloud' })
  })

  it('EXC-05 ADM-03 is never for this gateway', async () => {
    const response = await exchange(await adminSubjectToken(), { resource: undefined })
    expect(response.status).toBe(400)
    expect(await readJson(response)).not.toHaveProperty('access_token')
  })
})
