import { createExecutionContext, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import worker from '../../../src/worker/index.ts'
import type { RevocationLog } from '../../../src/worker/objects/revocation-log/revocation-log.ts'
import {
  accessToken,
  adminToken,
  applyTrust,
  bearer,
  deployment,
  GATEWAY,
  post,
  readJson,
  send,
} from '../support/gateway.ts'
import { newIssuer } from '../support/issuer.ts'
import { API, trustFor } from '../support/trust.ts'
import { questionPath, verify } from '../support/verify.ts'

const issuer = newIssuer()
const OTHER_API = 'https://other-api.test'

beforeAll(async () => {
  const base = trustFor(issuer.url)
  const [rule] = base.rules
  const other = { ...rule, name: 'other', grant: { resource: OTHER_API, scopes: ['read'] } }
  const resources = { ...base.resources, [OTHER_API]: { scopes: ['read'] } }
  await applyTrust({ ...base, resources, rules: [rule, other] })
})

const newToken = async (resource = API, scope?: string) =>
  accessToken(await issuer.mint(), { resource, scope })

/** A refusal must not be cached and has no identity. */
function expectRefusal(response: Response, status: number): void {
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect([...response.headers.keys()].filter((name) => name.startsWith('x-edgemint'))).toEqual([])
}

const NOT_ACCEPTED = 'Bearer error="invalid_token", error_description="the token was not accepted"'

describe('/verify', () => {
  it('PR-09 challenges a request without a token, and names no error', async () => {
    const response = await verify(undefined)
    expectRefusal(response, 401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await readJson(response)).toMatchObject({ error: 'token_missing' })
  })

  it('PR-06 gives every refused token the same answer', async () => {
    const tokens = [
      'garbage',
      await issuer.mint(),
      await newToken(OTHER_API),
      await adminToken(),
      `${(await newToken()).slice(0, -4)}AAAA`,
    ]
    const bodies = new Set<string>()
    for (const token of tokens) {
      const response = await verify(token)
      expectRefusal(response, 401)
      expect(response.headers.get('www-authenticate')).toBe(NOT_ACCEPTED)
      bodies.add(await response.text())
    }
    expect(bodies.size).toBe(1)
  })

  it('PR-10 lists the required scopes if some are missing', async () => {
    const token = await newToken(API, 'deploy:read')
    const response = await verify(token, { scope: 'deploy:read deploy:write' })
    expectRefusal(response, 403)
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", error_description="a scope is missing", scope="deploy:read deploy:write"',
    )
  })

  it('returns 400 for invalid parameters, also with a good token', async () => {
    const headers = bearer(await newToken())
    for (const path of [
      '/verify',
      '/verify?resource=',
      `${questionPath()}&scopes=x`,
      '/verify/x',
    ]) {
      const response = await send(path, { headers })
      expectRefusal(response, 400)
      expect(response.headers.has('www-authenticate')).toBe(false)
    }
  })

  it('returns 500 for a resource or scope that the trust document does not have', async () => {
    const token = await newToken()
    expectRefusal(await verify(token, { resource: 'https://gone.test' }), 500)
    expectRefusal(await verify(token, { resource: GATEWAY }), 500)
    expectRefusal(await verify(token, { scope: 'deploy:raed' }), 500)
  })

  it('refuses a token after its revocation is published', async () => {
    const token = await newToken()
    expect((await verify(token)).status).toBe(200)
    await post('/revoke', { token })
    // All logs of a run publish to one key of KV, so the log of another test may publish last. A log
    // publishes a revocation twice, so this test has it publish before each question.
    const statusNow = async () => {
      await publishRevocations()
      // Each time as a new isolate.
      return (await askWith({}, token)).status
    }
    await expect.poll(statusNow, { timeout: 90_000 }).toBe(401)
  })
})

async function publishRevocations(): Promise<void> {
  const log = deployment().REVOCATION_LOG.getByName('revocations')
  await runInDurableObject(log, (instance: RevocationLog) => instance.alarm())
}

function askWith(bindings: object, token: string): Promise<Response> {
  const request = new Request(`${GATEWAY}${questionPath()}`, { headers: bearer(token) })
  // Another `env` object makes another composition, without the state of the last.
  const isolate = { ...deployment(), ...bindings }
  return Promise.resolve(worker.fetch(request, isolate, createExecutionContext()))
}

describe('an unavailable part', () => {
  const broken = {
    getByName: () => new Proxy({}, { get: () => () => Promise.reject(new Error()) }),
  }

  it('REV-02 returns 503 if neither KV nor the log answers', async () => {
    const token = await newToken()
    const kv = { get: () => Promise.reject(new Error('down')) }
    const response = await askWith({ REVOCATIONS: kv, REVOCATION_LOG: broken }, token)
    expectRefusal(response, 503)
    expect(response.headers.has('retry-after')).toBe(true)
  })

  it('WRK-03 returns 503 if the trust document is unavailable', async () => {
    expectRefusal(await askWith({ TRUST_STORE: broken }, await newToken()), 503)
  })

  it('returns 503 without settings, and 401 without keys', async () => {
    const token = await newToken()
    expectRefusal(await askWith({ ISSUER: undefined }, token), 503)
    expectRefusal(await askWith({ SIGNING_KEY_TEST: undefined }, token), 401)
  })
})

describe('the limit by address', () => {
  it('EXC-14 does not apply to a proxy, which sends requests of all its clients from one address', async () => {
    const token = await newToken()
    const isolate = { ...deployment(), RATE_LIMIT_ADDRESS: env.FIVE_A_MINUTE }
    const ask = () => {
      const headers = { ...bearer(token), 'cf-connecting-ip': '198.51.100.250' }
      const request = new Request(`${GATEWAY}${questionPath()}`, {
        headers,
        cf: { country: 'DE' },
      } as RequestInit)
      return worker.fetch(request, isolate, createExecutionContext())
    }
    for (let time = 0; time < 8; time += 1) expect((await ask()).status).toBe(200)
  })
})
