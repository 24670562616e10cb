/** `GET /admin/v1/keys` and the setting `KEY_RETIREMENTS`, while a clock passes over the dates. */
import { createExecutionContext } from 'cloudflare:test'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  KEY_AGE_WARNING_SECONDS,
  MAX_TOKEN_LIFETIME_SECONDS,
} from '../../../../src/contract/limits.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../../src/core/limits.ts'
import type { Env } from '../../../../src/worker/env.ts'
import worker from '../../../../src/worker/index.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  GATEWAY,
  readJson,
} from '../../support/gateway.ts'
import { newIssuer } from '../../support/issuer.ts'
import { trustFor } from '../../support/trust.ts'

const DAY = 86_400
const START = Math.floor(Date.now() / 1000)
const iso = (offset: number) =>
  new Date((START + offset) * 1000).toISOString().replace(/\.\d+Z/, 'Z')
const issuer = newIssuer()

let old: JWK & { readonly kid: string }
let next: JWK & { readonly kid: string }

async function newKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg: 'ES256', kid: await calculateJwkThumbprint(jwk) }
}

beforeAll(async () => {
  await applyTrust(trustFor(issuer.url))
  old = await newKey()
  next = await newKey()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The Worker of the tests with these variables. Its own key signs the admin token. */
function deployed(variables: Readonly<Record<string, string>>): Env {
  return { ...deployment(), ...variables } as unknown as Env
}

const keysOf = (change: object = {}) => ({
  SIGNING_KEY_OLD: JSON.stringify({ ...old, activates_at: iso(-DAY) }),
  SIGNING_KEY_NEXT: JSON.stringify({ ...next, activates_at: iso(DAY) }),
  ...change,
})

async function ask(env: Env, path: string, headers: Readonly<Record<string, string>> = {}) {
  const request = new Request(`${GATEWAY}${path}`, { headers })
  return worker.fetch(request, env, createExecutionContext())
}

async function report(env: Env) {
  const { keys } = (await readJson(
    await ask(env, '/admin/v1/keys', bearer(await adminToken())),
  )) as { keys: readonly Readonly<Record<string, unknown>>[] }
  return keys.filter(({ kid }) => kid === old.kid || kid === next.kid)
}

async function stateAt(env: Env, offset: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: (START + offset) * 1000 })
  const { keys } = (await readJson(await ask(env, '/jwks.json'))) as {
    keys: readonly { readonly kid: string }[]
  }
  const { warnings } = (await readJson(await ask(env, '/health'))) as { warnings: string[] }
  return {
    isPublished: keys.some(({ kid }) => kid === old.kid),
    warnings: warnings.filter((text) => text.includes('successor')),
  }
}

describe('the report of the signing keys', () => {
  it('names the secret of each key, and its end of KEY_RETIREMENTS', async () => {
    const env = deployed(keysOf({ KEY_RETIREMENTS: `${old.kid}=${iso(DAY)}` }))
    expect(await report(env)).toMatchObject([
      { kid: old.kid, secret: 'SIGNING_KEY_OLD', retires_at: START + DAY },
      { kid: next.kid, secret: 'SIGNING_KEY_NEXT', state: 'scheduled', retires_at: null },
    ])
  })

  it('KEY-12 has no member of a private key', async () => {
    const text = JSON.stringify(await report(deployed(keysOf())))
    expect(text).not.toContain(String(old.d))
    expect(text).not.toContain(String(next.x))
  })
})

describe('KEY_RETIREMENTS', () => {
  it('KEY-11 JK-07 withdraws a key after its last token, and warns of nothing', async () => {
    const env = deployed(keysOf({ KEY_RETIREMENTS: `${old.kid}=${iso(DAY)}` }))
    const fine = (isPublished: boolean) => ({ isPublished, warnings: [] })
    const end = DAY + MAX_TOKEN_LIFETIME_SECONDS + CLOCK_LEEWAY_SECONDS
    expect(await stateAt(env, 0)).toEqual(fine(true))
    expect(await stateAt(env, DAY)).toEqual(fine(true))
    expect(await stateAt(env, end - 1)).toEqual(fine(true))
    expect(await stateAt(env, end)).toEqual(fine(false))
  })

  it('makes /health warn if no successor is scheduled', async () => {
    const env = deployed({
      SIGNING_KEY_TEST: JSON.stringify(old),
      KEY_RETIREMENTS: `${old.kid}=${iso(DAY)}`,
    })
    const warnings = [`no successor is scheduled for key ${old.kid}`]
    expect(await stateAt(env, 0)).toEqual({ isPublished: true, warnings })
  })

  it('makes the gateway unready if it is invalid, and names only the setting', async () => {
    const env = deployed(keysOf({ KEY_RETIREMENTS: 'tomorrow' }))
    for (const path of ['/health', '/jwks.json']) {
      const response = await ask(env, path)
      expect(response.status).toBe(503)
      expect(await response.text()).not.toContain('tomorrow')
    }
    expect(await (await ask(env, '/health')).text()).toContain('KEY_RETIREMENTS')
  })
})

it('makes /health warn of a key that has signed for a year without a successor', async () => {
  const jwk = { ...old, activates_at: iso(-DAY) }
  const env = deployed({ SIGNING_KEY_TEST: JSON.stringify(jwk) })
  expect((await stateAt(env, KEY_AGE_WARNING_SECONDS - DAY)).warnings).toEqual([])
  const days = KEY_AGE_WARNING_SECONDS / DAY
  expect((await stateAt(env, KEY_AGE_WARNING_SECONDS - DAY + 1)).warnings).toEqual([
    `key ${old.kid} has signed for ${days} days, and no successor is scheduled`,
  ])
})
