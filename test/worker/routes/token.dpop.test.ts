/** Binding through the Worker: /token, and what the metadata says of it. */
import { createExecutionContext } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { thumbprintOf } from '../../../src/protocol/dpop/proof-key.ts'
import { encodeBase64Url } from '../../../src/web/base64.ts'
import worker from '../../../src/worker/index.ts'
import {
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
import { createHolder, type Holder } from '../support/prove.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const METADATA = '/.well-known/oauth-authorization-server'
let holder: Holder

async function applyDemand(proof_of_possession: 'required' | 'optional' | 'none') {
  const base = trustFor(issuer.url)
  await applyTrust({
    ...base,
    resources: { [API]: { ...base.resources[API], proof_of_possession } },
  })
}

beforeAll(async () => {
  holder = await createHolder()
  await applyDemand('optional')
})

describe('POST /token', () => {
  it('DP-11 DP-14 issues a token that is bound to the key of the proof', async () => {
    expect(decodeJwt(await holder.bind(exchangeForm(await issuer.mint())))).toMatchObject({
      cnf: { jkt: thumbprintOf(holder.key) },
    })
  })

  it('DP-13 IT-17 limits a token to one API, the wanted scopes and one key, where the API demands it', async () => {
    await applyDemand('required')
    const form = async () => ({ ...exchangeForm(await issuer.mint()), scope: 'deploy:read' })
    const claims = decodeJwt(await holder.bind(await form()))
    expect(claims).toMatchObject({ aud: API, scope: 'deploy:read' })
    expect(claims.cnf).toEqual({ jkt: thumbprintOf(holder.key) })
    const unproven = await post('/token', await form())
    expect([unproven.status, await readJson(unproven)]).toMatchObject([
      400,
      { error: 'invalid_dpop_proof' },
    ])
    await applyDemand('optional')
  })

  it('DP-01 DPOP-01 refuses two headers, also of the same proof', async () => {
    const dpop = await holder.prove('/token')
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
    const dpop = await holder.prove('/token')
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
    const refused = await run(form, await holder.prove('/token'))
    expect([refused.status, await readJson(refused)]).toMatchObject([
      400,
      { error: 'use_dpop_nonce' },
    ])
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce')
    expect((await run(form, await holder.prove('/token', { nonce }))).status).toBe(200)
  })

  it('DP-17 accepts no proof without a nonce, at any time', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const response = await run(exchangeForm(await issuer.mint()), await holder.prove('/token'))
      expect((await readJson(response)).error).toBe('use_dpop_nonce')
    }
  })

  it('asks no nonce of a client without a proof', async () => {
    expect((await run(exchangeForm(await issuer.mint()))).status).toBe(200)
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
