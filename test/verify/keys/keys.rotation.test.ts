/** The gateway's keys change during traffic, and no valid request is refused. */
import { expect, test, vi } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import { KEYS_REFRESH_SECONDS } from '../../../src/verify/limits.ts'
import { KEYS_PATH, startGateway } from '../support/gateway.ts'
import { refusalOf } from '../support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW, type Signer } from '../support/tokens.ts'

const gateway = await startGateway()
const CALLERS = 40
// These tests verify hundreds of signatures, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })
const lasting = { claims: { exp: NOW + 24 * 3600 } }

/** Callers that send requests one after another, each with the newest token. */
function keepCalling(verify: (token: string) => Promise<unknown>, newestToken: () => string) {
  const outcomes = new Map<string, number>()
  let isOver = false
  const callers = Array.from({ length: CALLERS }, async () => {
    while (!isOver) {
      const outcome = await refusalOf(verify(newestToken()))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  })
  const countAccepted = () => outcomes.get('accepted') ?? 0
  return {
    outcomes,
    /** Waits until every caller has made more requests. */
    async more(): Promise<void> {
      const goal = countAccepted() + 5 * CALLERS
      while (countAccepted() < goal && outcomes.size <= 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async end(): Promise<void> {
      isOver = true
      await Promise.all(callers)
    },
  }
}

async function createTokens(signers: readonly Signer[]): Promise<readonly string[]> {
  return Promise.all(signers.map((signer) => mint(signer, gateway.issuer, lasting)))
}

test('JK-07 a planned rotation refuses no request, and loads the keys once each time', async () => {
  const [old, next] = await Promise.all([createSigner('key-1'), createSigner('key-2')])
  const [oldToken = '', newToken = ''] = await createTokens([old, next])
  let now = NOW
  let token = oldToken
  gateway.publishKeys([old.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => now }
  const verifier = createVerifier(options)
  await verifier.prefetch()
  const load = keepCalling(verifier.verify, () => token)
  await load.more()
  // The key is published first and signs later. The old key is withdrawn after its last token expired.
  gateway.publishKeys([old.publicJwk, next.publicJwk])
  now += KEYS_REFRESH_SECONDS
  await load.more()
  token = newToken
  await load.more()
  gateway.publishKeys([next.publicJwk])
  now += KEYS_REFRESH_SECONDS
  await load.more()
  await load.end()
  expect([...load.outcomes.keys()]).toEqual(['accepted'])
  expect(gateway.asked(KEYS_PATH)).toBe(3)
})

test('a key that signs when it is published refuses no request, and costs one load', async () => {
  const [old, next] = await Promise.all([createSigner('key-1'), createSigner('key-2')])
  const [oldToken = '', newToken = ''] = await createTokens([old, next])
  let token = oldToken
  gateway.publishKeys([old.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }
  const verifier = createVerifier(options)
  await verifier.prefetch()
  const load = keepCalling(verifier.verify, () => token)
  await load.more()
  gateway.publishKeys([old.publicJwk, next.publicJwk])
  token = newToken
  await load.more()
  await load.end()
  expect([...load.outcomes.keys()]).toEqual(['accepted'])
  expect(gateway.asked(KEYS_PATH)).toBe(2)
})

test('a clock that is set back does not make keys younger', async () => {
  const [old, next] = await Promise.all([createSigner('key-1'), createSigner('key-2')])
  const claims = { iat: NOW - 2 * 86_400, exp: NOW + 86_400 }
  const [oldToken, newToken] = await Promise.all(
    [old, next].map((signer) => mint(signer, gateway.issuer, { claims })),
  )
  let now = NOW
  gateway.publishKeys([old.publicJwk])
  const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => now })
  await verifier.prefetch()
  expect(await refusalOf(verifier.verify(newToken ?? ''))).toContain('key_unknown')
  gateway.publishKeys([next.publicJwk])
  now -= 86_400
  // First the token whose key the verifier has. An unknown key would make it ask in any case.
  expect(await refusalOf(verifier.verify(oldToken ?? ''))).toContain('key_unknown')
  expect(await refusalOf(verifier.verify(newToken ?? ''))).toBe('accepted')
})

test('a key that is published during a load of another request is found by a second load', async () => {
  const [old, next] = await Promise.all([createSigner('key-1'), createSigner('key-2')])
  const [oldToken = '', newToken = ''] = await createTokens([old, next])
  let now = NOW
  gateway.publishKeys([old.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => now }
  const verifier = createVerifier(options)
  await verifier.prefetch()
  now += KEYS_REFRESH_SECONDS
  // The refresh reads the old key set. The new key is published before the answer arrives.
  gateway.answer(KEYS_PATH, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: [old.publicJwk] }))
    gateway.reset()
    gateway.publishKeys([old.publicJwk, next.publicJwk])
  })
  const outcomes = await Promise.all([
    refusalOf(verifier.verify(oldToken)),
    ...Array.from({ length: CALLERS }, () => refusalOf(verifier.verify(newToken))),
  ])
  expect(new Set(outcomes)).toEqual(new Set(['accepted']))
})

test('at a cold start, one caller loads the keys for all', async () => {
  const signer = await createSigner('key-1')
  const token = await mint(signer, gateway.issuer, lasting)
  gateway.publishKeys([signer.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }
  const verifier = createVerifier(options)
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () => refusalOf(verifier.verify(token))),
  )
  expect(new Set(outcomes)).toEqual(new Set(['accepted']))
  expect(gateway.asked(KEYS_PATH)).toBe(1)
})

test('at a cold start, another caller loads the keys if the first load takes long', async () => {
  const signer = await createSigner('key-1')
  const token = await mint(signer, gateway.issuer, lasting)
  let isHeld = true
  gateway.answer(KEYS_PATH, (_, response) => {
    // The next load is answered, and this one never.
    response.once('close', () => {
      isHeld = false
    })
    gateway.reset()
    gateway.publishKeys([signer.publicJwk])
  })
  const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW })
  const [first, ...others] = Array.from({ length: 50 }, () => refusalOf(verifier.verify(token)))
  expect(new Set(await Promise.all(others))).toEqual(new Set(['accepted']))
  // The others did not wait for the timeout of the first load.
  expect(isHeld).toBe(true)
  // The answer to `reset` counts from zero.
  expect(gateway.asked(KEYS_PATH)).toBe(1)
  expect(await first).toBe('accepted')
})
