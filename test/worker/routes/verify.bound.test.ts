/** Forward auth of bound tokens through the Worker, with the headers that the proxies send. */
import { beforeAll, describe, expect, it } from 'vitest'
import { makeDpopProof } from '../../../src/protocol/dpop/make-proof.ts'
import { generateSigningPair, type SigningPair } from '../../../src/web/signature.ts'
import { applyTrust, exchangeForm, GATEWAY, post, readJson, send } from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'

const issuer = newIssuer()
const RESOURCE = `resource=${encodeURIComponent(API)}`
const FORWARDED = { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/deployments?a=1' }
let holder: SigningPair

beforeAll(async () => {
  holder = await generateSigningPair('ES256')
  await applyTrust(trustFor(issuer.url))
})

const prove = (method: string, url: string, accessToken?: string) => {
  const now = Math.floor(Date.now() / 1000)
  return makeDpopProof(holder, { method, url, now, jti: crypto.randomUUID(), accessToken })
}

async function newBoundToken(): Promise<string> {
  const dpop = await prove('POST', `${GATEWAY}/token`)
  const response = await post('/token', exchangeForm(await issuer.mint()), { dpop })
  return String((await readJson(response)).access_token)
}

describe('GET /verify with a bound token', () => {
  it('DP-19 DP-09 returns 200 for a proof of the client’s request, once, and it is not stored', async () => {
    const token = await newBoundToken()
    const dpop = await prove('PUT', `${API}/deployments`, token)
    const headers = { ...FORWARDED, authorization: `DPoP ${token}`, dpop }
    const ask = () => send(`/verify?${RESOURCE}&proof=forwarded`, { headers })
    const first = await ask()
    expect(first.status).toBe(200)
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.headers.get('x-edgemint-token-id')).not.toBeNull()
    const second = await ask()
    expect(second.status).toBe(401)
    expect(second.headers.get('www-authenticate')).toContain('DPoP error="invalid_dpop_proof"')
  })

  it('DP-21 PR-13 returns 401 for a bearer token, and without `proof` in the question', async () => {
    const token = await newBoundToken()
    const dpop = await prove('PUT', `${API}/deployments`, token)
    const status = async (query: string, scheme: string) => {
      const headers = { ...FORWARDED, authorization: `${scheme} ${token}`, dpop }
      return (await send(`/verify?${RESOURCE}${query}`, { headers })).status
    }
    expect(await status('&proof=forwarded', 'Bearer')).toBe(401)
    expect(await status('', 'DPoP')).toBe(401)
    expect(await status('', 'Bearer')).toBe(401)
    expect(await status('&proof=forwarded', 'DPoP')).toBe(200)
  })

  it('DP-01 returns 401 for two proofs, and 500 if the proxy does not describe the request', async () => {
    const token = await newBoundToken()
    const headers = new Headers({ ...FORWARDED, authorization: `DPoP ${token}` })
    headers.append('dpop', await prove('PUT', `${API}/deployments`, token))
    headers.append('dpop', await prove('PUT', `${API}/deployments`, token))
    expect((await send(`/verify?${RESOURCE}&proof=forwarded`, { headers })).status).toBe(401)
    expect((await send(`/verify?${RESOURCE}&proof=original`, { headers })).status).toBe(500)
  })
})
