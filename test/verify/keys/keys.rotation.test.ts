/** Keys of the gateway change while requests keep coming: nobody is refused for it. */
import { expect, test, vi } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import { KEYS_REFRESH_SECONDS } from '../../../src/verify/limits.ts'
import { KEYS_PATH, startGateway } from '../support/gateway.ts'
import { refusalOf } from '../support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW, type Signer } from '../support/tokens.ts'

const gateway = await startGateway()
const CALLERS = 40
// Hundreds of signatures are verified here, on machines that may have other work.
vi.setConfig({ testTimeout: 60_000 })
const lasting = { claims: { exp: NOW + 24 * 3600 } }

/** Callers that send one request after the other, each with the newest token. */
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
    /** Until every caller has got through some more. */
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

test('JK-07 a planned rotation refuses nobody, and asks the gateway once each time', async () => {
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
  // Published first, signing later, withdrawn when the last token of the old key is gone.
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

test('a key that signs the moment it is published refuses nobody, and costs one question', async () => {
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

test('a clock that is set back makes no key young again', async () => {
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
  expect(await refusalOf(verifier.verify(newToken ?? ''))).toBe('accepted')
  expect(await refusalOf(verifier.verify(oldToken ?? ''))).toContain('key_unknown')
})

test('a key that appears while others are asking is found by a second question', async () => {
  const [old, next] = await Promise.all([createSigner('key-1'), createSigner('key-2')])
  const [oldToken = '', newToken = ''] = await createTokens([old, next])
  let now = NOW
  gateway.publishKeys([old.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => now }
  const verifier = createVerifier(options)
  await verifier.prefetch()
  now += KEYS_REFRESH_SECONDS
  // The refresh reads the old set; the new key is published while it is on its way back.
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

test('more callers than may load at once wait at a cold start instead of being refused', async () => {
  const signer = await createSigner('key-1')
  const token = await mint(signer, gateway.issuer, lasting)
  gateway.publishKeys([signer.publicJwk])
  const options = { issuer: gateway.issuer, audience: AUDIENCE, now: () => NOW }
  const verifier = createVerifier(options)
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () => refusalOf(verifier.verify(token))),
  )
  expect(new Set(outcomes)).toEqual(new Set(['accepted']))
  expect(gateway.asked(KEYS_PATH)).toBeLessThanOrEqual(64)
})
