/** Callers with bound tokens at the admin API, `/introspect` and `/revoke`. */
import { createExecutionContext } from 'cloudflare:test'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { thumbprintOf } from '../../../src/protocol/dpop/proof-key.ts'
import worker from '../../../src/worker/index.ts'
import { DPOP_NONCE_WINDOW_SECONDS } from '../../../src/worker/limits.ts'
import {
  adminSubjectToken,
  adminToken,
  applyTrust,
  deployment,
  exchangeForm,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { createHolder, type Holder } from '../support/prove.ts'
import { trustFor } from '../support/trust.ts'

const issuer = newIssuer()
let holder: Holder
let other: Holder

beforeAll(async () => {
  holder = await createHolder()
  other = await createHolder('Ed25519')
  await applyTrust(trustFor(issuer.url))
})

const bound = async () => holder.bind(exchangeForm(await issuer.mint()))

describe('the admin API', () => {
  const admin = async () =>
    holder.bind({ ...exchangeForm(await adminSubjectToken()), resource: GATEWAY })
  const read = (headers: Readonly<Record<string, string>>, path = '/admin/v1/trust') =>
    send(path, { headers })
  const proofOf = (accessToken: string, by = holder, nonce?: string) =>
    by.prove('/admin/v1/trust', {
      method: 'GET',
      accessToken,
      ...(nonce === undefined ? {} : { nonce }),
    })

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
      await holder.prove('/admin/v1/keys', { method: 'GET', accessToken: token }),
    ]) {
      const response = await read({ authorization, ...(bad === undefined ? {} : { dpop: bad }) })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toMatch(
        /^DPoP error="invalid_dpop_proof", algs="/,
      )
    }
  })

  it('refuses a token that is not bound, with a proof', async () => {
    const token = await adminToken()
    const headers = { authorization: `DPoP ${token}`, dpop: await proofOf(token) }
    const response = await read(headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token"/)
    expect((await read({ authorization: `Bearer ${token}` })).status).toBe(200)
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
    const refused = await post('/token', form, {
      dpop: await holder.prove('/token', { nonce: 'x' }),
    })
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
    const dpop = await holder.prove(path, { accessToken: asking })
    const headers = { authorization: `DPoP ${asking}`, dpop }
    expect((await post(path, { token }, headers)).status).toBe(200)
    expect((await post(path, { token }, headers)).status).toBe(401)
  })
})

describe('a nonce that is about to end', () => {
  afterEach(() => vi.useRealTimers())

  it.each([
    ['/admin/v1/trust', 'GET', 200],
    ['/admin/v1/trust?nothing=1', 'GET', 400],
    ['/introspect', 'POST', 200],
    ['/revoke', 'POST', 200],
  ])('DP-16 is replaced by the answer of %s', async (path, method, status) => {
    const token = await holder.bind({
      ...exchangeForm(await adminSubjectToken()),
      resource: GATEWAY,
    })
    const about = await bound()
    const ask = async (nonce: string) => {
      const [exact = ''] = path.split('?')
      const dpop = await holder.prove(exact, { method, accessToken: token, nonce })
      const headers = { authorization: `DPoP ${token}`, dpop }
      return method === 'GET' ? send(path, { headers }) : post(path, { token: about }, headers)
    }
    const nonceOf = (response: Response) => response.headers.get('dpop-nonce') ?? ''
    const first = nonceOf(await ask('unknown'))
    const current = await ask(first)
    expect([current.status, nonceOf(current)]).toEqual([status, ''])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DPOP_NONCE_WINDOW_SECONDS * 1000 })
    const later = await ask(first)
    expect(later.status).toBe(status)
    expect(nonceOf(later)).toMatch(/^[\w-]{43}$/)
    expect(nonceOf(later)).not.toBe(first)
    expect((await ask(nonceOf(later))).status).toBe(status)
  })
})
