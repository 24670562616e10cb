/** Binding through the Worker: /token, the admin API, introspection, revocation and metadata. */
import { createExecutionContext } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { thumbprintOf } from '../../../src/protocol/dpop/proof-key.ts'
import { encodeBase64Url } from '../../../src/web/base64.ts'
import { generateSigningPair, type SigningPair } from '../../../src/web/signature.ts'
import worker from '../../../src/worker/index.ts'
import {
  adminSubjectToken,
  applyTrust,
  deployment,
  exchangeForm,
  GATEWAY,
  post,
  readJson,
  runWith,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const METADATA = '/.well-known/oauth-authorization-server'
let holder: SigningPair
let other: SigningPair

async function applyDemand(proof_of_possession: 'required' | 'optional' | 'none') {
  const base = trustFor(issuer.url)
  await applyTrust({
    ...base,
    resources: { [API]: { ...base.resources[API], proof_of_possession } },
  })
}

beforeAll(async () => {
  holder = await generateSigningPair('ES256')
  other = await generateSigningPair('Ed25519')
  await applyDemand('optional')
})

type Proof = { method?: string; accessToken?: string; nonce?: string }

const prove = (path: string, { method = 'POST', ...more }: Proof = {}, by = holder) =>
  makeDpopProof(by, {
    method,
    url: `${GATEWAY}${path}`,
    now: Math.floor(Date.now() / 1000),
    jti: crypto.randomUUID(),
    ...more,
  })

/** A bound token: for the API, or for the gateway itself. */
async function bound(form?: Readonly<Record<string, string>>): Promise<string> {
  const sent = form ?? exchangeForm(await issuer.mint())
  const response = await post('/token', sent, { dpop: await prove('/token') })
  const body = await readJson(response)
  expect(body).toMatchObject({ token_type: 'DPoP' })
  return String(body.access_token)
}

describe('POST /token', () => {
  it('DP-11 DP-14 issues a token that is bound to the key of the proof', async () => {
    expect(decodeJwt(await bound())).toMatchObject({ cnf: { jkt: thumbprintOf(holder.key) } })
  })

  it('DP-01 DPOP-01 refuses two headers, also of the same proof', async () => {
    const dpop = await prove('/token')
    const headers = new Headers([
      ['content-type', 'application/x-www-form-urlencoded'],
      ['dpop', dpop],
      ['dpop', dpop],
    ])
    const body = new URLSearchParams(exchangeForm(await issuer.mint())).toString()
    const response = await send('/token', { method: 'POST', headers, body })
    expect([response.status, await readJson(response)]).toMatchObject([
      400,
      { error: 'invalid_dpop_proof', error_description: expect.stringMatching(/: form$/) },
    ])
  })

  it('DPOP-02 accepts a proof once, of a hundred requests at once', async () => {
    const dpop = await prove('/token')
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.mint()))
    const answers = await Promise.all(
      tokens.map((token) => post('/token', exchangeForm(token), { dpop })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('DPOP-03 compares with the configured URL, and not with the Host header', async () => {
    const form = new URLSearchParams(exchangeForm(await issuer.mint())).toString()
    const dpop = await makeDpopProof(holder, {
      method: 'POST',
      url: 'http://localhost/token',
      now: Math.floor(Date.now() / 1000),
      jti: 'x',
    })
    const request = new Request('http://localhost/token', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', dpop },
      body: form,
    })
    const response = await worker.fetch(request, deployment(), createExecutionContext())
    expect(await readJson(response)).toMatchObject({
      error: 'invalid_dpop_proof',
      error_description: expect.stringMatching(/: htu$/),
    })
  })
})

describe('DPOP_NONCE=required', () => {
  const run = async (form: Readonly<Record<string, string>>, dpop?: string) =>
    runWith({ DPOP_NONCE: 'required' }).send('/token', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(dpop === undefined ? {} : { dpop }),
      },
      body: new URLSearchParams(form).toString(),
    })

  it('DP-15 DP-16 DP-18 offers a nonce, which another isolate accepts', async () => {
    const form = exchangeForm(await issuer.mint())
    const refused = await run(form, await prove('/token'))
    expect([refused.status, await readJson(refused)]).toMatchObject([
      400,
      { error: 'use_dpop_nonce' },
    ])
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    expect((await run(form, await prove('/token', { nonce }))).status).toBe(200)
  })

  it('DP-17 accepts no proof without a nonce, at any time', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const response = await run(exchangeForm(await issuer.mint()), await prove('/token'))
      expect((await readJson(response)).error).toBe('use_dpop_nonce')
    }
  })

  it('asks no nonce of a client without a proof', async () => {
    expect((await run(exchangeForm(await issuer.mint()))).status).toBe(200)
  })
})

describe('the admin API', () => {
  const admin = async () => bound({ ...exchangeForm(await adminSubjectToken()), resource: GATEWAY })
  const read = (headers: Readonly<Record<string, string>>, path = '/admin/v1/trust') =>
    send(path, { headers })
  const proofOf = (accessToken: string, by = holder, nonce?: string) =>
    prove(
      '/admin/v1/trust',
      { method: 'GET', accessToken, ...(nonce === undefined ? {} : { nonce }) },
      by,
    )

  it('DP-21 refuses a bound token as a bearer token', async () => {
    const token = await admin()
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${token}`, dpop: await proofOf(token) },
    ]) {
      const response = await read(headers)
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe(
        'DPoP error="invalid_token", algs="ES256 RS256 Ed25519 EdDSA ES384 PS256"',
      )
    }
  })

  it('DP-19 DP-20 DP-22 accepts it with a proof for this request alone', async () => {
    const token = await admin()
    const authorization = `DPoP ${token}`
    const dpop = await proofOf(token)
    expect((await read({ authorization, dpop })).status).toBe(200)
    for (const bad of [
      undefined,
      dpop,
      await proofOf(token, other),
      await proofOf('another.token'),
      await prove('/admin/v1/keys', { method: 'GET', accessToken: token }),
    ]) {
      const response = await read({ authorization, ...(bad === undefined ? {} : { dpop: bad }) })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(
        /^DPoP error="invalid_dpop_proof", algs="/,
      )
    }
  })

  it('DPOP-03 compares with the configured host, whatever host the request names', async () => {
    const token = await admin()
    const path = '/admin/v1/trust'
    const statusOf = async (origin: string) => {
      const proof = { method: 'GET', now: Math.floor(Date.now() / 1000), accessToken: token }
      const jti = crypto.randomUUID()
      const dpop = await makeDpopProof(holder, { ...proof, url: `${origin}${path}`, jti })
      const headers = { authorization: `DPoP ${token}`, dpop }
      const request = new Request(`http://localhost${path}`, { headers })
      return (await worker.fetch(request, deployment(), createExecutionContext())).status
    }
    expect(await statusOf('http://localhost')).toBe(401)
    expect(await statusOf(GATEWAY)).toBe(200)
  })

  it('DP-23 does not know the nonces of /token, and offers its own', async () => {
    const form = exchangeForm(await issuer.mint())
    const refused = await post('/token', form, { dpop: await prove('/token', { nonce: 'x' }) })
    const ofToken = refused.headers.get('dpop-nonce') ?? ''
    const token = await admin()
    const authorization = `DPoP ${token}`
    const response = await read({ authorization, dpop: await proofOf(token, holder, ofToken) })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/error="use_dpop_nonce"/)
    const own = response.headers.get('dpop-nonce') ?? ''
    expect(own).not.toBe(ofToken)
    const again = await read({ authorization, dpop: await proofOf(token, holder, own) })
    expect(again.status).toBe(200)
  })
})

describe('introspection and revocation', () => {
  it('DP-24 tells the binding, and asks for no proof of it', async () => {
    const token = await bound()
    const answer = await readJson(await post('/introspect', { token }))
    expect(answer).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: thumbprintOf(holder.key) },
    })
  })

  it.each(['/introspect', '/revoke'])('DP-21 %s: a caller proves its bound token', async (path) => {
    const token = await bound()
    const asking = await bound()
    for (const refused of [asking, token]) {
      const response = await post(path, { token }, { authorization: `Bearer ${refused}` })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token"/)
    }
    const dpop = await prove(path, { accessToken: asking })
    const headers = { authorization: `DPoP ${asking}`, dpop }
    expect((await post(path, { token }, headers)).status).toBe(200)
    expect((await post(path, { token }, headers)).status).toBe(401)
  })
})

describe('a client certificate', () => {
  const SHA256 = '0f'.repeat(32)
  const thumbprint = encodeBase64Url(new Uint8Array(32).fill(0x0f))
  const VERIFIED = {
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certFingerprintSHA256: SHA256,
  }

  async function ask(cf: object, headers: Readonly<Record<string, string>> = {}) {
    await applyDemand('required')
    const env = { ...deployment(), CERTIFICATE_BOUND_TOKENS: 'true', LOCAL_GATEWAY: 'false' }
    const request = new Request(`${GATEWAY}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(exchangeForm(await issuer.mint())).toString(),
      cf: cf as RequestInitCfProperties,
    })
    return readJson(await worker.fetch(request, env, createExecutionContext()))
  }

  it('MT-01 binds a token of a resource that requires it', async () => {
    const body = await ask({ tlsClientAuth: VERIFIED })
    expect(body).toMatchObject({ token_type: 'Bearer' })
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      cnf: { 'x5t#S256': thumbprint },
    })
  })

  it.each([
    ['none', {}, {}],
    ['one that the platform did not verify', { ...VERIFIED, certVerified: 'FAILED' }, {}],
    ['one that was revoked', { ...VERIFIED, certRevoked: '1' }, {}],
    ['MT-01 one in a header', {}, { 'cf-client-cert-sha256': SHA256, 'x-client-cert': SHA256 }],
  ])('is not %s', async (_, tlsClientAuth, headers) => {
    const body = await ask({ tlsClientAuth }, headers)
    expect(body).toMatchObject({ error: 'invalid_dpop_proof' })
  })
})

describe('the metadata', () => {
  it('MD-14 MT-03 names the algorithms of proofs, and certificates only if they bind', async () => {
    const document = await readJson(await send(METADATA))
    expect(document.dpop_signing_alg_values_supported).toEqual([
      'ES256',
      'RS256',
      'Ed25519',
      'EdDSA',
      'ES384',
      'PS256',
    ])
    expect(document).not.toHaveProperty('tls_client_certificate_bound_access_tokens')
    const on = runWith({ CERTIFICATE_BOUND_TOKENS: 'true' })
    expect(await readJson(await on.send(METADATA))).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
    })
  })
})
