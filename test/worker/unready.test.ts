import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/core/settings.ts'
import type { Env } from '../../src/worker/env.ts'
import worker from '../../src/worker/index.ts'
import { exchangeForm } from './support/gateway.ts'
import { newIssuer } from './support/issuer.ts'

type Change = Readonly<Record<string, unknown>>

/** The Worker in a good deployment with one `change`. */
async function ask(change: Change, path: string, init?: RequestInit): Promise<Response> {
  const context = createExecutionContext()
  // A deployment can have values that the type of its settings does not allow.
  const deployed = { ...env, TRUST_READER: undefined, ...change } as unknown as Env
  const response = await worker.fetch(
    new Request(`https://sts.test${path}`, init),
    deployed,
    context,
  )
  await waitOnExecutionContext(context)
  return response
}

async function exchange(change: Change): Promise<Response> {
  const body = new URLSearchParams(exchangeForm(await newIssuer().mint()))
  return ask(change, '/token', { method: 'POST', body })
}

const NO_KEY = { SIGNING_KEY_TEST: undefined }

describe('a gateway that is not ready', () => {
  it('without a signing key answers 503 at /token and never creates a key', async () => {
    const response = await exchange(NO_KEY)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
    expect(await (await ask(NO_KEY, '/jwks.json')).json()).toEqual({ keys: [] })
  })

  it('names the missing variable at /health', async () => {
    const response = await ask(NO_KEY, '/health')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({
      status: 'not_ready',
      checks: { signing_keys: { ready: false, problems: [{ variable: 'SIGNING_KEY_<NAME>' }] } },
    })
  })

  const broken: readonly (readonly [string, Change, string])[] = [
    ['no ISSUER', { ISSUER: undefined }, 'ISSUER'],
    ['an ISSUER that is no URL', { ISSUER: 'sts.test' }, 'ISSUER'],
    ['an ISSUER in capitals', { ISSUER: 'https://STS.test' }, 'ISSUER'],
    ['an ISSUER with the default port', { ISSUER: 'https://sts.test:443' }, 'ISSUER'],
    [
      'a lifetime that is not a number',
      { MAX_TOKEN_LIFETIME_SECONDS: 'ten' },
      'MAX_TOKEN_LIFETIME_SECONDS',
    ],
    [
      'a lifetime over one day',
      { MAX_TOKEN_LIFETIME_SECONDS: '90000' },
      'MAX_TOKEN_LIFETIME_SECONDS',
    ],
    [
      'a key age over one day',
      { ISSUER_KEYS_MAX_STALE_SECONDS: '90000' },
      'ISSUER_KEYS_MAX_STALE_SECONDS',
    ],
    ['a misspelt setting', { TRUST_MAX_STAL: '60' }, 'TRUST_MAX_STAL'],
    ['a signing key with a name in lower case', { SIGNING_KEY_new: '{}' }, 'SIGNING_KEY_new'],
    ['a policy that is not JSON', { BOOTSTRAP_TRUST: '{' }, 'BOOTSTRAP_TRUST'],
    [
      'a policy with a duplicate key',
      { BOOTSTRAP_TRUST: '{"version":1,"version":1}' },
      'BOOTSTRAP_TRUST',
    ],
    ['a policy with an unknown member', { BOOTSTRAP_TRUST: '{"rule":[]}' }, 'BOOTSTRAP_TRUST'],
  ]
  it.each(broken)('with %s issues nothing and names the variable', async (_, change, variable) => {
    expect((await exchange(change)).status).toBe(503)
    const health = await ask(change, '/health')
    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({
      checks: { settings: { ready: false, problems: [expect.objectContaining({ variable })] } },
    })
  })

  it.each([
    ['https://sts.test/', 'must not end in a slash'],
    ['https://sts.test/{a}', 'is not in canonical form'],
    ['https://sts.test/%7ba%7d', 'is not in canonical form'],
    ['https://sts.test/%zz', 'is not in canonical form'],
    ['https://sts.test?a', 'must have no query'],
    ['http://sts.test', 'must begin with https://, or http:// on loopback'],
    ['https://sts', 'must have a DNS name with a dot, or a loopback name, as its host'],
  ])('CLM-09 refuses ISSUER %s, and says why without repeating it', (ISSUER, message) => {
    const loaded = readSettings({ ...(env as unknown as Env), ISSUER })
    expect(loaded).toEqual({ ok: false, error: [{ variable: 'ISSUER', message }] })
  })

  it('names an unusable signing key and never shows it', async () => {
    const secret = JSON.stringify({ kty: 'EC', d: 'canary-secret' })
    const response = await ask({ SIGNING_KEY_BAD: secret }, '/health')
    const text = await response.text()
    expect(response.status).toBe(503)
    expect(text).toContain('SIGNING_KEY_BAD')
    expect(text).not.toContain('canary-secret')
  })

  it('ADM-01 without a deploy-time policy has no admin API', async () => {
    const response = await ask({ BOOTSTRAP_TRUST: '' }, '/admin/v1/trust')
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('answers 503 if its trust store is down and was never read', async () => {
    const down = { getByName: () => ({ snapshotSince: () => Promise.reject(new Error('down')) }) }
    const response = await exchange({ TRUST_STORE: down })
    expect(response.status).toBe(503)
    expect((await ask({ TRUST_STORE: down }, '/health')).status).toBe(503)
  })
})
