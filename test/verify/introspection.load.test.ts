/** Revocation by introspection when many requests with one token arrive at the same time. */
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import {
  type Answer,
  hangUp,
  INTROSPECTION_PATH,
  sendJson,
  startGateway,
  staySilent,
} from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const REQUESTS = 50
/** On a slow machine, a request that has waited for half a second asks itself. */
const FEW = 5

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])

let token: string
beforeEach(async () => {
  token = await mint(signer, gateway.issuer)
})

async function newVerifier(maxAgeSeconds = 10) {
  const verifier = createVerifier({
    issuer: gateway.issuer,
    audience: AUDIENCE,
    now: () => NOW,
    revocation: { introspect: true, maxAgeSeconds },
  })
  await verifier.prefetch()
  return verifier
}

/** Returns the different outcomes of many requests at once. */
async function verifyTogether(maxAgeSeconds?: number): Promise<readonly string[]> {
  const verifier = await newVerifier(maxAgeSeconds)
  const requests = Array.from({ length: REQUESTS }, () => refusalOf(verifier.verify(token)))
  return [...new Set(await Promise.all(requests))].toSorted()
}

/** Gives the first question this answer, and every other one the usual answer. */
function answerFirst(first: Answer): void {
  gateway.answer(INTROSPECTION_PATH, (request, response) => {
    const answer = gateway.asked(INTROSPECTION_PATH) === 1 ? first : sendJson({ active: true })
    answer(request, response)
  })
}

describe('a verifier with introspection, asked by many requests at once', () => {
  test('asks once about one token', async () => {
    expect(await verifyTogether()).toEqual(['accepted'])
    expect(gateway.asked(INTROSPECTION_PATH)).toBeLessThan(FEW)
  })

  test('refuses all of them after one answer that the token is revoked', async () => {
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    expect(await verifyTogether()).toEqual(['401 invalid_token: token_revoked'])
    expect(gateway.asked(INTROSPECTION_PATH)).toBeLessThan(FEW)
  })

  test('asks for each of them with maxAgeSeconds 0', async () => {
    expect(await verifyTogether(0)).toEqual(['accepted'])
    expect(gateway.asked(INTROSPECTION_PATH)).toBe(REQUESTS)
  })

  test('asks about each token on its own', async () => {
    const verifier = await newVerifier()
    const other = await mint(signer, gateway.issuer, { claims: { jti: 'token-2' } })
    await Promise.all([verifier.verify(token), verifier.verify(other)])
    expect(gateway.asked(INTROSPECTION_PATH)).toBe(2)
  })

  test('asks again after a failure, which refuses only the request that met it', async () => {
    answerFirst(hangUp)
    const unreachable = '503 revocation_unavailable: gateway_unreachable'
    expect(await verifyTogether()).toEqual([unreachable, 'accepted'])
    expect(gateway.asked(INTROSPECTION_PATH)).toBeLessThan(FEW)
  })

  test('lets only one more ask in each half second while the gateway is slow', async () => {
    const held: (() => void)[] = []
    gateway.answer(INTROSPECTION_PATH, (request, response) => {
      held.push(() => sendJson({ active: true })(request, response))
      // The third question comes after a second. From then on, every question is answered.
      if (gateway.asked(INTROSPECTION_PATH) >= 3) for (const answer of held.splice(0)) answer()
    })
    expect(await verifyTogether()).toEqual(['accepted'])
    expect(gateway.asked(INTROSPECTION_PATH)).toBeGreaterThanOrEqual(3)
    expect(gateway.asked(INTROSPECTION_PATH)).toBeLessThan(3 + FEW)
  })

  test('counts those that still ask when one of them fails', async () => {
    const held: ((response: Response) => void)[] = []
    const verifier = createVerifier({
      issuer: gateway.issuer,
      audience: AUDIENCE,
      now: () => NOW,
      revocation: { introspect: true },
      fetch: (url, init) =>
        String(url).endsWith(INTROSPECTION_PATH)
          ? new Promise((resolve) => held.push(resolve))
          : fetch(url, init),
    })
    await verifier.prefetch()
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    for (let count = 0; count < REQUESTS; count += 1) refusalOf(verifier.verify(token))
    // The others wait, each with a timer.
    while (vi.getTimerCount() < REQUESTS) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(2_600)
    expect(held).toHaveLength(6)
    held[0]?.(new Response(null, { status: 403 }))
    await vi.advanceTimersByTimeAsync(100)
    expect(held.length).toBeLessThanOrEqual(8)
  })

  test('does not depend on a request that never ends', async () => {
    answerFirst(staySilent)
    const verifier = await newVerifier()
    const first = refusalOf(verifier.verify(token))
    // Otherwise the second request may be the one that gets no answer.
    await vi.waitFor(() => expect(gateway.asked(INTROSPECTION_PATH)).toBe(1), { timeout: 30_000 })
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    expect(await first).toBe('503 revocation_unavailable: gateway_unreachable')
  })

  test('does not wait for a request that the platform ended five seconds ago', async () => {
    let now = NOW
    const never = new Promise<Response>(() => {})
    const answers = [() => never, () => Promise.resolve(Response.json({ active: true }))]
    const verifier = createVerifier({
      issuer: gateway.issuer,
      audience: AUDIENCE,
      now: () => now,
      revocation: { introspect: true },
      fetch: (url, init) =>
        String(url).endsWith(INTROSPECTION_PATH)
          ? (answers.shift() ?? (() => never))()
          : fetch(url, init),
    })
    await verifier.prefetch()
    // The time stands still, so a request that waits for another would wait for ever.
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    verifier.verify(token)
    // `vi.waitFor` would move the time on.
    while (answers.length > 1) await new Promise((resolve) => setImmediate(resolve))
    now += 5
    const timers = vi.getTimerCount()
    const second = refusalOf(verifier.verify(token))
    // It asks, or waits for the other with a timer.
    while (answers.length > 0 && vi.getTimerCount() === timers) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(answers).toEqual([])
    expect(await second).toBe('accepted')
  }, 20_000)
})
