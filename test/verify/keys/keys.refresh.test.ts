/** The refresh of old keys: which requests wait for it, and which use the cached keys. */
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

/** An execution context that lets the test wait for its work. */
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

describe('keys that are due for a refresh', () => {
  test('verify the current request, and are refreshed after its answer', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([second.publicJwk])
    // The gateway answers only when the test allows it, so no request can have waited for it.
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
    // Its key is unknown until the current refresh has ended, so the request waits and passes.
    expect(await refusalOf(verifier.verify(newToken))).toBe('accepted')
    expect(gateway.asked(KEYS_PATH)).toBe(2)
  })

  test('are refreshed first after an idle time, so that a withdrawn key is refused', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([second.publicJwk])
    now += KEYS_ASK_FIRST_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNKNOWN)
  })

  test('are as old as the question for them, however late its answer comes', async () => {
    const verifier = newVerifier()
    const release = holdAnswers()
    const loading = verifier.verify(oldToken)
    while (gateway.asked(OPENID_PATH) === 0) await new Promise(setImmediate)
    now += KEYS_REFRESH_SECONDS
    release()
    await loading
    const context = newContext()
    await verifier.verify(oldToken, context)
    await context.settled()
    expect([context.works.length, gateway.asked(KEYS_PATH)]).toEqual([1, 2])
  })

  test('are refreshed by another request when the first one was ended with its refresh', async () => {
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

test('keys that a request has just loaded tell that a key is unknown', async () => {
  expect(await refusalOf(newVerifier().verify(newToken))).toBe(UNKNOWN)
  expect(gateway.asked(KEYS_PATH)).toBe(1)
})

describe('while the gateway is down', () => {
  test('no request waits or is refused until the keys reach their maximum age', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.answerAll(hangUp)
    for (const age of [KEYS_REFRESH_SECONDS, KEYS_ASK_FIRST_SECONDS, KEYS_MAX_STALE_SECONDS - 1]) {
      now = NOW + age
      const context = newContext()
      expect(await refusalOf(verifier.verify(oldToken, context))).toBe('accepted')
      // Each time after the answer, although the second age limit would make the request wait.
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
  test('loads the keys once, so that the first tokens do not wait', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    await verifier.prefetch()
    expect(gateway.asked(KEYS_PATH)).toBe(1)
    gateway.answerAll(hangUp)
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })

  test('waits for the refresh of keys that are due for one', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.publishKeys([second.publicJwk])
    now += KEYS_REFRESH_SECONDS
    await verifier.prefetch()
    expect(gateway.asked(KEYS_PATH)).toBe(2)
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNKNOWN)
  })

  test('throws when there are no keys, and the first request tries again', async () => {
    const verifier = newVerifier()
    gateway.answerAll(hangUp)
    expect(await refusalOf(verifier.prefetch())).toBe(UNREACHABLE)
    gateway.reset()
    now += KEYS_RETRY_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })

  test('keeps usable keys when it cannot load newer ones', async () => {
    const verifier = newVerifier()
    await verifier.prefetch()
    gateway.answerAll(hangUp)
    now += KEYS_MAX_STALE_SECONDS - 1
    await verifier.prefetch()
    now += 1
    expect(await refusalOf(verifier.prefetch())).toBe(UNREACHABLE)
  })
})

/** Holds back every metadata request until the test releases it. */
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

/** Waits until the gateway has received this number of key requests. */
async function asked(count: number): Promise<void> {
  while (gateway.asked(KEYS_PATH) < count) await new Promise((resolve) => setImmediate(resolve))
}
