/**
 * A clock walks through two rotations, in steps of five minutes. At each step the gateway issues a
 * token, and every verifier checks the newest token and the oldest that has not expired. The keys
 * are those that `keys rotate` plans, and the variables of the Worker change as wrangler would
 * change them.
 */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { writeTime } from '../../../src/cli/keys/key-time.ts'
import { makeKey } from '../../../src/cli/keys/make-key.ts'
import { planRotation, writeRetirements } from '../../../src/cli/keys/plan-rotation.ts'
import { MIN_KEY_LEAD_SECONDS } from '../../../src/cli/shell/limits.ts'
import { JWKS_MAX_AGE_SECONDS } from '../../../src/core/limits.ts'
import { loadKeys } from '../../../src/core/settings.ts'
import { describeKeys } from '../../../src/core/tokens/key-facts.ts'
import { findKeyWarnings } from '../../../src/core/tokens/key-health.ts'
import { type KeyRing, publishedKeys, selectSigningKey } from '../../../src/core/tokens/keyring.ts'
import { createJwtSigner } from '../../../src/core/tokens/signed-jwt.ts'
import { createVerifier } from '../../../src/verify/index.ts'

const START = 1_800_000_000
const LIFETIME = 3600
const STEP = 300
const HOUR = 3600
const ISSUER = 'https://sts.example.com'
const AUDIENCE = 'https://api.example.com'

let now = START
/** The variables of the Worker, and its key ring. */
let variables: Record<string, string> = {}
let ring: KeyRing

async function deploy(change: Readonly<Record<string, string>>): Promise<void> {
  variables = { ...variables, ...change }
  ring = (await loadKeys(variables)).ring
}

const report = () => ({
  keys: describeKeys(ring, now, LIFETIME),
  problems: [],
  warnings: [],
})

async function rotate(name: string, activatesAt?: number): Promise<void> {
  const request = { algorithm: 'ES256', activatesAt, retiresAt: undefined, isNow: false, at: now }
  const plan = planRotation(report(), request)
  const dates = { activates_at: writeTime(plan.activatesAt) }
  await deploy({ [name]: makeKey(plan.algorithm, dates).jwk })
  await deploy({ KEY_RETIREMENTS: writeRetirements(report(), plan.ends) })
}

const published = (): JSONWebKeySet => ({ keys: [...publishedKeys(ring, now, LIFETIME)] })

async function issue(): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const key = selectSigningKey(ring, 'ES256', now)
  if (key === undefined) throw new Error(`no key signs at ${now}`)
  const sign = createJwtSigner({ typ: 'at+jwt', alg: 'ES256', kid: key.keyId }, key.sign)
  const expiresAt = now + LIFETIME
  const times = { iat: now, exp: expiresAt }
  const rest = { jti: `t${now}`, client_id: 'deploy', scope: 'read', sub: 'job' }
  return { token: await sign({ iss: ISSUER, aud: AUDIENCE, ...times, ...rest }), expiresAt }
}

type Verify = (token: string) => Promise<unknown>

/** A verifier that keeps its copy for a time and never asks for an unknown key. */
function createCache(seconds: number, phase: number): Verify {
  let at = Number.NEGATIVE_INFINITY
  let keys = createLocalJWKSet({ keys: [] })
  return async (token) => {
    if (now >= at + seconds) {
      at = at === Number.NEGATIVE_INFINITY ? now - phase : now
      keys = createLocalJWKSet(published())
    }
    await jwtVerify(token, keys, { audience: AUDIENCE, currentDate: new Date(now * 1000) })
  }
}

/** The verifier of this package, behind a cache that keeps the key set as its header allows. */
function createOwn(phase: number): Verify {
  let at = Number.NEGATIVE_INFINITY
  let body = ''
  const fetch = async (url: string | URL | Request) => {
    if (!String(url).endsWith('/jwks.json')) {
      return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks.json` })
    }
    if (now >= at + JWKS_MAX_AGE_SECONDS) {
      at = now - phase
      body = JSON.stringify(published())
    }
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  }
  const options = { issuer: ISSUER, audience: AUDIENCE, now: () => now }
  const verifier = createVerifier({ ...options, fetch: fetch as typeof globalThis.fetch })
  return (token) => verifier.verify(token)
}

beforeAll(async () => {
  await deploy({ SIGNING_KEY_A: makeKey('ES256', {}).jwk })
})

it('KEY-11 JK-07 no token is refused while a clock walks through two rotations', async () => {
  const verifiers: readonly Verify[] = [
    createOwn(0),
    createOwn(JWKS_MAX_AGE_SECONDS - 1),
    createCache(JWKS_MAX_AGE_SECONDS, 0),
    createCache(MIN_KEY_LEAD_SECONDS, 0),
    createCache(MIN_KEY_LEAD_SECONDS, MIN_KEY_LEAD_SECONDS / 2),
  ]
  const live: { readonly token: string; readonly expiresAt: number }[] = []
  const signed = new Map<string, number>()
  const outcomes = new Map<string, number>()
  for (; now < START + 40 * HOUR; now += STEP) {
    // The second rotation has the shortest time that is allowed.
    if (now === START + 2 * HOUR) await rotate('SIGNING_KEY_B')
    if (now === START + 30 * HOUR) await rotate('SIGNING_KEY_C', now + MIN_KEY_LEAD_SECONDS)
    const issued = await issue()
    live.push(issued)
    const keyId = decodeProtectedHeader(issued.token).kid ?? ''
    signed.set(keyId, (signed.get(keyId) ?? 0) + 1)
    expect(findKeyWarnings(ring, now)).toEqual([])
    while ((live[0]?.expiresAt ?? now + 1) <= now) live.shift()
    for (const verify of verifiers) {
      // The newest token shows a key that is published too late, the oldest one that leaves too early.
      for (const token of [issued.token, live[0]?.token ?? '']) {
        const outcome = await verify(token).then(
          () => 'accepted',
          (error: Error) => `${error.message} at ${now - START}`,
        )
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
  }
  // 26 hours of the first key, 5 of the second, 9 of the third.
  expect([...signed.values()]).toEqual([26 * 12, 5 * 12, 9 * 12])
  expect([...outcomes]).toEqual([['accepted', 40 * 12 * verifiers.length * 2]])
  expect(report().keys.map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn', 'signing'])
  expect(published().keys).toHaveLength(1)
})
