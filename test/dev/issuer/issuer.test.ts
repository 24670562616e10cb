import { constants, createPublicKey, type JsonWebKey, verify as nodeVerify } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listClaimSets } from '../../../src/core/providers/examples.ts'
import { type DevIssuer, startDevIssuer } from '../../../src/dev/issuer/issuer.ts'

const NOW = Math.floor(Date.now() / 1000)
const AUDIENCE = 'https://sts.example.com'
let issuer: DevIssuer

beforeAll(async () => {
  issuer = await startDevIssuer({ now: () => NOW })
})
afterAll(() => issuer.close())

async function post(path: string, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${issuer.issuer}${path}`, { method: 'POST', body: text })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const github = (claims = {}) => ({ provider: 'github-actions', audience: AUDIENCE, claims })

async function verify(token: string, path: string) {
  const url = `${issuer.issuer}/${path}`
  const discovery = await fetch(`${url}/.well-known/openid-configuration`)
  const { issuer: named, jwks_uri } = (await discovery.json()) as Record<string, string>
  expect(named).toBe(url)
  return jwtVerify(token, createRemoteJWKSet(new URL(String(jwks_uri))), { issuer: url })
}

describe('the dev issuer', () => {
  it('keeps an idle connection much longer than the five seconds of workerd', async () => {
    const response = await fetch(`${issuer.issuer}/jwks`)
    const [, seconds] = /^timeout=(\d+)$/.exec(response.headers.get('keep-alive') ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(30)
    await response.text()
  })

  it.each(['/jwks', '/.well-known/openid-configuration'])('answers HEAD of %s', async (path) => {
    const url = `${issuer.issuer}/head${path}`
    const [whole, head] = [await fetch(url), await fetch(url, { method: 'HEAD' })]
    expect([whole.status, head.status, await head.text()]).toEqual([200, 200, ''])
    expect(head.headers.get('content-type')).toBe(whole.headers.get('content-type'))
    const mint = await fetch(`${issuer.issuer}/head/mint`, { method: 'HEAD' })
    expect(mint.status).toBe(404)
  })

  it.each(listClaimSets())(
    'mints a token of %s that verifies through discovery',
    async (provider) => {
      const token = await issuer.mint({ provider, audience: AUDIENCE }, 'all')
      if (decodeJwt(token).iss === undefined) {
        // SPIFFE tokens have no issuer claim. Their signature is verified all the same.
        await jwtVerify(token, createRemoteJWKSet(new URL(`${issuer.issuer}/all/jwks`)))
        return
      }
      const { payload } = await verify(token, 'all')
      expect([payload.aud].flat()).toEqual([AUDIENCE])
    },
  )

  it('knows the short name that a trust document may have', async () => {
    const of = async (provider: string) => {
      const { jti: _, ...claims } = decodeJwt(
        await issuer.mint({ provider, audience: AUDIENCE }, 'a'),
      )
      return claims
    }
    expect(await of('gitlab')).toEqual(await of('gitlab-com'))
  })

  it('moves the times to now and keeps their differences', async () => {
    const { iat, nbf, exp } = decodeJwt(await issuer.mint(github(), 'a'))
    expect({ iat, nbf, exp }).toEqual({ iat: NOW, nbf: NOW - 600, exp: NOW + 300 })
    const request = { ...github(), lifetimeSeconds: 60 }
    expect(decodeJwt(await issuer.mint(request, 'a')).exp).toBe(NOW + 60)
  })

  it('gives each token its own id, if the provider does', async () => {
    const [one, two] = await Promise.all([issuer.mint(github(), 'a'), issuer.mint(github(), 'a')])
    expect(decodeJwt(one).jti).not.toBe(decodeJwt(two).jti)
    const request = { provider: 'buildkite', audience: AUDIENCE }
    expect(decodeJwt(await issuer.mint(request, 'a'))).not.toHaveProperty('jti')
  })

  it('merges claims object by object, and null removes one', async () => {
    const claims = { 'kubernetes.io': { namespace: 'other', pod: null }, sub: 'x', nbf: null }
    const payload = decodeJwt(
      await issuer.mint({ provider: 'kubernetes', audience: AUDIENCE, claims }, 'a'),
    )
    expect(payload).toMatchObject({ sub: 'x', aud: [AUDIENCE] })
    expect(payload).not.toHaveProperty('nbf')
    expect(payload['kubernetes.io']).toMatchObject({
      namespace: 'other',
      serviceaccount: { name: 'worker' },
    })
    expect(payload['kubernetes.io']).not.toHaveProperty('pod')
  })

  it('sets exact claims unchanged, including null', async () => {
    const body = { ...github(), exact_claims: { ref: null, 'kubernetes.io': { namespace: null } } }
    const { body: minted } = await post('/a/mint', body)
    const payload = decodeJwt(String(minted.token))
    expect(payload).toMatchObject({ ref: null, 'kubernetes.io': { namespace: null } })
  })

  it('changes the header and the algorithm on request', async () => {
    const request = { ...github(), algorithm: 'ES384', header: { typ: 'x', kid: 'k' } }
    const header = decodeProtectedHeader(await issuer.mint(request, 'a'))
    expect(header).toEqual({ typ: 'x', kid: 'k', alg: 'ES384' })
  })

  it('is another issuer at every path, with its own keys', async () => {
    const token = await issuer.mint(github(), 'one')
    await verify(token, 'one')
    await expect(verify(token, 'two')).rejects.toThrow()
    expect((await post('/a/b/c/mint', github())).status).toBe(200)
    expect((await post('/a/b/c/d/mint', github())).status).toBe(404)
  })

  it('rotates keys, and keeps the old keys on request', async () => {
    const before = await issuer.mint(github(), 'r')
    await post('/r/rotate', { keep_old: true })
    await verify(before, 'r')
    await verify(await issuer.mint(github(), 'r'), 'r')
    await post('/r/rotate', {})
    await expect(verify(before, 'r')).rejects.toThrow()
  })

  it('rotates to other algorithms', async () => {
    const { body } = await post('/es/rotate', { algorithms: ['ES256', 'ES384'] })
    const { keys } = body as { keys: JWK[] }
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'ES384'])
  })

  it('counts requests for its documents', async () => {
    await verify(await issuer.mint(github(), 'c'), 'c')
    expect(issuer.requests('c')).toEqual({ discovery: 1, jwks: 1 })
    const response = await fetch(`${issuer.issuer}/c/requests`)
    expect(await response.json()).toEqual({ discovery: 1, jwks: 1 })
  })
})

describe('a dishonest issuer', () => {
  it('signs any text, and returns the id of the key', async () => {
    const header = Buffer.from('{"alg":"ES256","alg":"none"}').toString('base64url')
    const text = `${header}.${Buffer.from('{"exp":1e999}').toString('base64url')}`
    for (const algorithm of ['ES256', 'PS256', 'RS512']) {
      const { body } = await post('/s/sign', { algorithm, text })
      const token = String(body.token)
      expect(token.slice(0, token.lastIndexOf('.'))).toBe(text)
      const keys = (await (await fetch(`${issuer.issuer}/s/jwks`)).json()) as { keys: JWK[] }
      const jwk = keys.keys.find(({ kid }) => kid === body.kid)
      const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
      const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url')
      const how = {
        ES256: { key, dsaEncoding: 'ieee-p1363' as const },
        PS256: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
      }[algorithm] ?? { key }
      const hash = `sha${algorithm.slice(2)}`
      expect(nodeVerify(hash, Buffer.from(text), how, signature), algorithm).toBe(true)
    }
  })

  it('publishes given keys unchanged, and removes them', async () => {
    const keys = [{ kty: 'oct', k: 'AAAA' }, null, 'key']
    const both = await post('/p/publish', { keys, members: { spiffe_sequence: 7 } })
    expect(both.body).toMatchObject({ spiffe_sequence: 7, keys: expect.arrayContaining(keys) })
    expect(both.body.keys).toHaveLength(5)
    expect((await post('/p/publish', { keys, only: true })).body).toEqual({ keys })
    expect((await post('/p/publish', {})).body.keys).toHaveLength(2)
  })

  it('serves a gzip bomb, a trickle, alternating failures and changing keys', async () => {
    const url = `${issuer.issuer}/w/jwks`
    await post('/w/behave', { jwks: 'gzip_bomb' })
    const bomb = await fetch(url)
    expect(bomb.headers.get('content-encoding')).toBe('gzip')
    expect((await bomb.text()).length).toBeGreaterThan(30_000_000)
    await post('/w/behave', { jwks: 'trickle' })
    const reader = (await fetch(url)).body?.getReader()
    expect((await reader?.read())?.value?.byteLength).toBeLessThan(10)
    await reader?.cancel()
    await post('/w/behave', { jwks: 'flapping' })
    const statuses = [await fetch(url), await fetch(url), await fetch(url)].map((r) => r.status)
    expect(statuses[0]).not.toBe(statuses[1])
    expect(statuses[0]).toBe(statuses[2])
    await post('/w/behave', { jwks: 'swapping' })
    const texts = [await (await fetch(url)).text(), await (await fetch(url)).text()]
    expect(texts[0]).not.toBe(texts[1])
  })
})

describe('an issuer with a fault', () => {
  const rows: readonly (readonly [string, (response: Response) => Promise<unknown>])[] = [
    ['down', async (response) => expect(response.status).toBe(503)],
    ['redirect', async (response) => expect(response.status).toBe(302)],
    [
      'foreign_keys',
      async (response) =>
        expect(await response.json()).toMatchObject({
          jwks_uri: expect.not.stringContaining('127.0.0.1'),
        }),
    ],
    [
      'wrong_issuer',
      async (response) =>
        expect(await response.json()).toMatchObject({ issuer: expect.stringMatching(/other$/) }),
    ],
    ['huge', async (response) => expect((await response.text()).length).toBeGreaterThan(4_000_000)],
    ['html', async (response) => expect(await response.text()).toContain('<!doctype html>')],
    ['empty', async (response) => expect(await response.json()).toEqual({ keys: [] })],
    ['garbage', async (response) => await expect(response.json()).rejects.toThrow()],
  ]
  it.each(rows)('serves %s until it is changed', async (discovery, check) => {
    await post('/bad/behave', { discovery })
    const url = `${issuer.issuer}/bad/.well-known/openid-configuration`
    await check(await fetch(url, { redirect: 'manual' }))
    await post('/bad/behave', { discovery: 'normal' })
    expect(await (await fetch(url)).json()).toMatchObject({ issuer: `${issuer.issuer}/bad` })
  })
})

describe('answers an invalid request with a message', () => {
  const rows: readonly (readonly [string, string, unknown, RegExp])[] = [
    ['an unknown provider', '/mint', { ...github(), provider: 'x' }, /one of github-actions, /],
    ['no audience', '/mint', { provider: 'github-actions' }, /audience must be a non-empty string/],
    ['an unknown member', '/mint', { ...github(), lifetime: 5 }, /the members are provider/],
    ['claims that are a list', '/mint', { ...github(), claims: [] }, /claims must be an object/],
    ['half a second', '/mint', { ...github(), lifetime_seconds: 0.5 }, /whole number/],
    ['an unsupported algorithm', '/mint', { ...github(), algorithm: 'HS256' }, /algorithm must be/],
    ['text', '/mint', 'mint me one', /must be JSON/],
    ['a list', '/mint', '[]', /JSON object/],
    ['64 KiB', '/mint', JSON.stringify({ provider: 'x'.repeat(70_000) }), /too large/],
    ['keep_old as a text', '/rotate', { keep_old: 'yes' }, /true or false/],
    ['no text to sign', '/sign', { algorithm: 'ES256' }, /text must be a non-empty string/],
    [
      'a signature with an unsupported algorithm',
      '/sign',
      { algorithm: 'HS256', text: 'x' },
      /algorithm must be/,
    ],
    ['keys that are not a list', '/publish', { keys: {} }, /keys must be a list/],
    ['only as a text', '/publish', { only: 'yes' }, /only must be true or false/],
    ['algorithms as a text', '/rotate', { algorithms: 'ES256' }, /list of algorithms/],
    ['unsupported algorithms', '/rotate', { algorithms: ['HS256'] }, /list of algorithms/],
    ['an unknown behaviour', '/behave', { jwks: 'rude' }, /one of normal, /],
  ]
  it.each(rows)('that names the fault: %s', async (_, path, body, sentence) => {
    expect(await post(`/bad-request${path}`, body)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(sentence) },
    })
  })

  it('rejects when its port is in use', async () => {
    const port = Number(new URL(issuer.issuer).port)
    await expect(startDevIssuer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
