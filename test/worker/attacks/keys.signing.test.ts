/** The gateway's own signing keys: when they sign, and that they are never shown. */
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../../../src/contract/limits.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../src/core/limits.ts'
import { getComposition } from '../../../src/worker/compose.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import { forge, genericTrust, makeKey } from '../support/attack.ts'
import {
  applyTrust,
  bearer,
  deployment,
  exchangeForm,
  GATEWAY,
  readJson,
} from '../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../support/issuer.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** Starts an issuer that publishes these keys and two good ones, and a gateway that trusts it. */
async function issuerWith(...keys: readonly unknown[]): Promise<TestIssuer> {
  const issuer = await quickIssuer()
  await issuer.publish({ keys })
  await applyTrust(genericTrust({ ci: issuer.url }))
  return issuer
}

/** The Worker with these signing keys instead of the one of the tests. */
function withKeys(keys: Readonly<Record<string, string>>): Env {
  return { ...deployment(), SIGNING_KEY_TEST: undefined, ...keys } as unknown as Env
}

function ask(deployed: Env, path: string, init?: RequestInit): Promise<Response> | Response {
  return worker.fetch(new Request(`${GATEWAY}${path}`, init), deployed, createExecutionContext())
}

async function signingKey(alg: 'ES256' | 'RS256', dates: object = {}): Promise<string> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return JSON.stringify({ ...(await exportJWK(privateKey)), alg, ...dates })
}

describe("the gateway's signing key", () => {
  it('KEY-11 is published before it signs, and until its last token has expired', async () => {
    const start = Math.floor(Date.now() / 1000)
    const moment = (offset: number) =>
      new Date((start + offset) * 1000).toISOString().replace(/\.\d+Z/, 'Z')
    const [HOUR, DAY] = [3600, 86_400]
    const issuer = await issuerWith()
    const deployed = withKeys({
      SIGNING_KEY_OLD: await signingKey('ES256', { retires_at: moment(DAY) }),
      SIGNING_KEY_NEW: await signingKey('ES256', { activates_at: moment(DAY - HOUR) }),
    })
    const at = async (offset: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: (start + offset) * 1000 })
      const body = new URLSearchParams(exchangeForm(await forge(issuer)))
      const response = await ask(deployed, '/token', { method: 'POST', body })
      const { access_token: token } = await readJson(response)
      const { keys } = (await readJson(await ask(deployed, '/jwks.json'))) as {
        keys: readonly { kid: string }[]
      }
      return {
        signer: decodeProtectedHeader(String(token)).kid,
        published: keys.map(({ kid }) => kid),
      }
    }
    const before = await at(0)
    const [old = '', next = ''] = before.published
    expect(before).toEqual({ signer: old, published: [old, next] })
    expect(await at(DAY - HOUR - 1)).toEqual({ signer: old, published: [old, next] })
    expect(await at(DAY - HOUR)).toEqual({ signer: next, published: [old, next] })
    const end = DAY + MAX_TOKEN_LIFETIME_SECONDS + CLOCK_LEEWAY_SECONDS
    expect(await at(end - 1)).toEqual({ signer: next, published: [old, next] })
    expect(await at(end)).toEqual({ signer: next, published: [next] })
  })

  it('KEY-11 verifies no token at any endpoint after its end', async () => {
    const text = await signingKey('ES256', { retires_at: '2020-01-01T00:00:00Z' })
    const jwk = JSON.parse(text) as JWK
    const deployed = { ...deployment(), SIGNING_KEY_OLD: text } as Env
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      client_id: 'administer',
      scope: 'trust:read trust:write tokens:introspect revocations:write',
    }
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: await calculateJwkThumbprint(jwk), typ: 'at+jwt' })
      .setIssuer(GATEWAY)
      .setAudience(GATEWAY)
      .setSubject('x')
      .setJti('aaaaaaaaaaaaaaaaaaaaaa')
      .setIssuedAt(at)
      .setExpirationTime(at + 600)
      .sign(await importJWK(jwk, 'ES256'))
    const headers = bearer(token)
    const body = new URLSearchParams({ token })
    expect((await ask(deployed, '/admin/v1/trust', { headers })).status).toBe(401)
    const asked = await ask(deployed, '/introspect', { method: 'POST', headers, body })
    expect(await asked.json()).toEqual({ active: false })
    const other = new URLSearchParams({ token: `${token}x` })
    const revoked = await ask(deployed, '/revoke', { method: 'POST', headers, body: other })
    expect(revoked.status).toBe(401)
  })

  it('KEY-12 is in no answer and cannot be extracted', async () => {
    const text = await signingKey('RS256')
    const deployed = withKeys({ SIGNING_KEY_OWN: text })
    const composition = await getComposition(deployed, new Request('https://sts.test'))
    if (!composition.ok) throw new Error('the settings are not in order')
    const [key] = composition.value.keyRing.keys
    expect(Object.values(key ?? {}).filter((value) => value instanceof CryptoKey)).toEqual([])
    expect(JSON.stringify(key)).not.toContain(JSON.parse(text).d)
    const { n, d, p, q, dp, dq, qi } = JSON.parse(text) as Readonly<Record<string, string>>
    const paths = ['/jwks.json', '/health', '/.well-known/openid-configuration', '/admin/v1/trust']
    for (const path of [...paths, '/nowhere', '/token']) {
      const body = await (await ask(deployed, path)).text()
      for (const part of [d, p, q, dp, dq, qi]) expect(body).not.toContain(part)
    }
    expect(await (await ask(deployed, '/jwks.json')).text()).toContain(n)
  })

  const bad: readonly (readonly [string, () => Promise<string>])[] = [
    ['empty', async () => ''],
    ['no JSON', async () => 'BEGIN PRIVATE KEY'],
    ['cut short', async () => (await signingKey('ES256')).slice(0, -20)],
    [
      'without its private part',
      async () => (await signingKey('ES256')).replace(/"d":"[^"]*",?/, ''),
    ],
    [
      'RSA of 1,024 bits',
      async () => {
        const { secret } = await makeKey('RS256', { modulusLength: 1024 })
        return JSON.stringify({ ...(await exportJWK(secret)), alg: 'RS256' })
      },
    ],
    ['under another kid', async () => signingKey('ES256', { kid: 'mine' })],
    ['for HS256', async () => JSON.stringify({ kty: 'oct', k: 'AAAA', d: 'x', alg: 'HS256' })],
  ]
  it.each(bad)(
    'KEY-13 that is %s issues nothing; its name is reported, never its value',
    async (_, make) => {
      const issuer = await issuerWith()
      const text = await make()
      const deployed = withKeys({ SIGNING_KEY_BAD: text })
      const body = new URLSearchParams(exchangeForm(await forge(issuer)))
      const response = await ask(deployed, '/token', { method: 'POST', body })
      expect(response.status).toBe(503)
      const health = await ask(deployed, '/health')
      expect(health.status).toBe(503)
      const said = await health.text()
      expect(said).toContain('SIGNING_KEY_BAD')
      if (text.length > 20) expect(said).not.toContain(text.slice(10, 30))
      expect(await (await ask(deployed, '/jwks.json')).json()).toEqual({ keys: [] })
    },
  )

  it('KEY-13 that is in two secrets is reported by name', async () => {
    const text = await signingKey('ES256')
    const deployed = withKeys({ SIGNING_KEY_ONE: text, SIGNING_KEY_TWO: text })
    const health = await ask(deployed, '/health')
    expect([health.status, (await health.text()).includes('SIGNING_KEY_TWO')]).toEqual([503, true])
    expect(env.ISSUER).toBe(GATEWAY)
  })
})
