/** Keys that are due are refreshed ahead of need: who waits for it, who does not, and until when. */
import { beforeEach, describe, expect, test } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import {
  KEYS_ASK_FIRST_SECONDS,
  KEYS_MAX_STALE_SECONDS,
  KEYS_REFRESH_SECONDS,
  KEYS_RETRY_SECONDS,
  LOAD_ABANDONED_SECONDS,
} from '../../../src/verify/limits.ts'
import {
  type Answer,
  hangUp,
  KEYS_PATH,
  OPENID_PATH,
  sendJson,
  startGateway,
  staySilent,
} from '../support/gateway.ts'
import { countOutcomes, refusalOf } from '../support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

const gateway = await startGateway()
const first = await createSigner('key-1')
const second = await createSigner('key-2')
const lasting = { claims: { exp: NOW + 24 * 3600 } }
const oldToken = await mint(first, gateway.issuer, lasting)
const newToken = await mint(second, gateway.issuer, lasting)
let now = NOW

beforeEach(() => {
  now = NOW
  gateway.publishKeys([first.publicJwk])
})

const newVerifier = () =>
  createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => now })

/** An execution context whose work a test can wait for. */
function newContext() {
  const works: Promise<unknown>[] = []
  return {
    works,
    waitUntil(this: unknown, work: Promise<unknown>): void {
      works.push(work)
    },
    settled: () => Promise.all(works),
  }
}

const UNKNOWN = '401 invalid_token: key_unknown'
const UNREACHABLE = '503 keys_unavailable: gateway_unreachable'

describe('keys that are due', () => {
  test('serve the request that finds them so, and are refreshed behind its answer', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([second.publicJwk])
    // The gateway answers only when the test lets it: nobody can have waited for it.
    const release = holdAnswers()
    now += KEYS_REFRESH_SECONDS
    const context = newContext()
    const requests = Array.from({ length: 10 }, () => verifier.verify(oldToken, context))
    expect(await countOutcomes(requests)).toEqual({ accepted: 10 })
    expect(context.works).toHaveLength(1)
    release()
    await context.settled()
    expect(gateway.asked(KEYS_PATH)).toBe(2)
    expect(await refusalOf(verifier.verify(newToken))).toBe('accepted')
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNKNOWN)
  })

  test('are refreshed on a platform without an execution context too', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([first.publicJwk, second.publicJwk])
    now += KEYS_REFRESH_SECONDS
    await verifier.verify(oldToken)
    // Its key is unknown until the refresh under way has settled: it waits, and passes.
    expect(await refusalOf(verifier.verify(newToken))).toBe('accepted')
    expect(gateway.asked(KEYS_PATH)).toBe(2)
  })

  test('of an API that slept are asked for first: a withdrawn key is gone', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([second.publicJwk])
    now += KEYS_ASK_FIRST_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNKNOWN)
  })

  test('whose refresh is cut off with its request are refreshed by another', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.answer(KEYS_PATH, staySilent)
    now += KEYS_REFRESH_SECONDS
    await verifier.verify(oldToken)
    await asked(2)
    gateway.answer(KEYS_PATH, sendJson({ keys: [second.publicJwk] }))
    now += LOAD_ABANDONED_SECONDS
    const context = newContext()
    await verifier.verify(oldToken, context)
    await context.settled()
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNKNOWN)
  })
})

describe('while the gateway is down', () => {
  test('no request waits or is refused until the keys reach their hard age', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.answerAll(hangUp)
    for (const age of [KEYS_REFRESH_SECONDS, KEYS_ASK_FIRST_SECONDS, KEYS_MAX_STALE_SECONDS - 1]) {
      now = NOW + age
      const context = newContext()
      expect(await refusalOf(verifier.verify(oldToken, context))).toBe('accepted')
      // Behind the answer each time, though the second age would have had it wait.
      expect(context.works).toHaveLength(1)
      await context.settled()
    }
    now = NOW + KEYS_MAX_STALE_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNREACHABLE)
    gateway.reset()
    now += KEYS_RETRY_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })
})

describe('prefetch', () => {
  test('loads the keys once, so that the first tokens wait for nothing', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    await verifier.prefetch()
    expect(gateway.asked(KEYS_PATH)).toBe(1)
    gateway.answerAll(hangUp)
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })

  test('says when there are no keys, and the first request tries again', async () => {
    const verifier = newVerifier()
    gateway.answerAll(hangUp)
    expect(await refusalOf(verifier.prefetch())).toBe(UNREACHABLE)
    gateway.reset()
    now += KEYS_RETRY_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })

  test('keeps keys that may still be used when it cannot have newer ones', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.answerAll(hangUp)
    now += KEYS_MAX_STALE_SECONDS - 1
    await verifier.prefetch()
    now += 1
    expect(await refusalOf(verifier.prefetch())).toBe(UNREACHABLE)
  })
})

/** Keeps every question for metadata until it is released. */
function holdAnswers(): () => void {
  const held: (() => void)[] = []
  let isHeld = true
  const answer: Answer = (request, response) => {
    const send = () =>
      sendJson({
        issuer: gateway.issuer,
        jwks_uri: `${gateway.issuer}${KEYS_PATH}`,
      })(request, response)
    if (isHeld) held.push(send)
    else send()
  }
  gateway.answer(OPENID_PATH, answer)
  return () => {
    isHeld = false
    for (const send of held) send()
  }
}

/** Until the gateway was asked for its keys so often. */
async function asked(count: number): Promise<void> {
  while (gateway.asked(KEYS_PATH) < count) await new Promise((resolve) => setImmediate(resolve))
}
