/** The pauses after failed loads of keys and lists, and failures that arrive late. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createVerifier, type VerifierOptions } from '../../../src/verify/index.ts'
import { createLoadGate } from '../../../src/verify/keys/load-gate.ts'
import {
  KEYS_ASK_FIRST_SECONDS,
  KEYS_COOLDOWN_SECONDS,
  KEYS_FIRST_RETRY_SECONDS,
  KEYS_RETRY_SECONDS,
  LOAD_ABANDONED_SECONDS,
  LOAD_POLL_MILLISECONDS,
  MAX_LOAD_POLLS,
} from '../../../src/verify/limits.ts'
import { type Answer, hangUp, KEYS_PATH, OPENID_PATH, startGateway } from '../support/gateway.ts'
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

const newVerifier = (options: Pick<VerifierOptions, 'revocation'> = {}) =>
  createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => now, ...options })

const UNREACHABLE = '503 keys_unavailable: gateway_unreachable'
const UNDER_WAY = '503 keys_unavailable: refresh_under_way'

describe('a process without keys', () => {
  test('tries again a second after one lost answer', async () => {
    const verifier = newVerifier()
    gateway.answerAll(hangUp)
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNREACHABLE)
    gateway.reset()
    expect(await refusalOf(verifier.verify(oldToken))).toBe(UNREACHABLE)
    expect(gateway.askedInAll()).toBe(0)
    now += 1
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  })

  test('waits longer after each failure, up to five seconds, and starts again after a success', async () => {
    const verifier = newVerifier()
    gateway.answerAll(hangUp)
    const triesOver = async (seconds: number) => {
      const tries: number[] = []
      const start = now
      for (; now < start + seconds; now += 1) {
        const before = gateway.askedInAll()
        expect(await refusalOf(verifier.verify(oldToken))).toBe(UNREACHABLE)
        if (gateway.askedInAll() > before) tries.push(now - start)
      }
      return tries
    }
    expect(await triesOver(23)).toEqual([0, 1, 3, 7, 12, 17, 22])
    now += KEYS_RETRY_SECONDS
    gateway.reset()
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
    gateway.answerAll(hangUp)
    now += 3600
    expect(await triesOver(4)).toEqual([0, 1, 3])
  })

  test('200 requests at once cause one fetch, before and after a failure', async () => {
    const verifier = newVerifier()
    gateway.answerAll(hangUp)
    const burst = () => Array.from({ length: 200 }, () => verifier.verify(oldToken))
    expect(await countOutcomes(burst())).toEqual({ [UNREACHABLE]: 200 })
    expect(gateway.askedInAll()).toBe(1)
    now += KEYS_FIRST_RETRY_SECONDS
    expect(await countOutcomes(burst())).toEqual({ [UNREACHABLE]: 200 })
    expect(gateway.askedInAll()).toBe(2)
  })
})

test('a token with a new key is not called invalid while the gateway is down', async () => {
  const verifier = newVerifier()
  await verifier.prefetch()
  gateway.publishKeys([first.publicJwk, second.publicJwk])
  gateway.answerAll(hangUp)
  // The second request may not ask, because the question of the first one has just failed.
  for (let request = 0; request < 2; request += 1) {
    expect(await refusalOf(verifier.verify(newToken))).toBe(UNREACHABLE)
  }
  expect(gateway.asked(OPENID_PATH)).toBe(2)
  gateway.reset()
  now += KEYS_FIRST_RETRY_SECONDS
  expect(await refusalOf(verifier.verify(newToken))).toBe('accepted')
})

test('a token with a new key waits for the load of another request for a limited time', async () => {
  const verifier = newVerifier()
  await verifier.prefetch()
  const held = holdOne(OPENID_PATH)
  const loading = refusalOf(verifier.verify(newToken))
  const hangUpNow = await held
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ended: string[] = []
  const waiting = refusalOf(verifier.verify(newToken)).then((refusal) => ended.push(refusal))
  await vi.advanceTimersByTimeAsync((MAX_LOAD_POLLS - 1) * LOAD_POLL_MILLISECONDS)
  const early = [...ended]
  await vi.advanceTimersByTimeAsync(LOAD_POLL_MILLISECONDS)
  vi.useRealTimers()
  expect([early, ended]).toEqual([[], [UNDER_WAY]])
  await waiting
  hangUpNow()
  expect(await loading).toBe(UNREACHABLE)
})

test('a failure makes no withdrawn key acceptable for longer after the next success', async () => {
  const verifier = newVerifier()
  gateway.answerAll(hangUp)
  expect(await refusalOf(verifier.verify(oldToken))).toBe(UNREACHABLE)
  gateway.reset()
  now += KEYS_FIRST_RETRY_SECONDS
  expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
  gateway.publishKeys([second.publicJwk])
  now += KEYS_ASK_FIRST_SECONDS
  expect(await refusalOf(verifier.verify(oldToken))).toBe('401 invalid_token: key_unknown')
})

test('loads that overlap and fail lengthen the pause once', () => {
  const gate = createLoadGate(() => now)
  const failed = { ok: false, cooldownSeconds: 0 }
  const marks = Array.from({ length: 3 }, () => {
    const mark = gate.enter()
    now += LOAD_ABANDONED_SECONDS
    return mark
  })
  for (const mark of marks) if (mark !== undefined) gate.leave(mark, failed)
  expect(marks).not.toContain(undefined)
  expect(gate.enter()).toBeUndefined()
  now += KEYS_FIRST_RETRY_SECONDS
  expect(gate.enter()).toBeDefined()
})

test('a load that the platform ended keeps back no other, also after the clock was set back', () => {
  const gate = createLoadGate(() => now)
  expect(gate.enter()).toBeDefined()
  expect(gate.enter()).toBeUndefined()
  now -= 3600
  expect(gate.enter()).toBeDefined()
})

test('the pause after a load counts from its question', () => {
  const gate = createLoadGate(() => now)
  const mark = gate.enter()
  now += 2
  if (mark !== undefined) gate.leave(mark, { ok: true, cooldownSeconds: KEYS_COOLDOWN_SECONDS })
  now += KEYS_COOLDOWN_SECONDS - 3
  expect(gate.enter()).toBeUndefined()
  now += 1
  expect(gate.enter()).toBeDefined()
})

describe('an older load that fails after a newer one has succeeded', () => {
  /** Returns a verifier with keys, whose first load has failed after the second one succeeded. */
  async function overtaken() {
    const verifier = newVerifier()
    const held = holdOne(OPENID_PATH)
    const older = verifier.prefetch()
    const hangUpNow = await held
    now += LOAD_ABANDONED_SECONDS
    gateway.reset()
    expect(await refusalOf(verifier.verify(oldToken))).toBe('accepted')
    hangUpNow()
    expect(await refusalOf(older)).toBe('accepted')
    return verifier
  }

  test('does not make a withdrawn key acceptable for longer', async () => {
    const verifier = await overtaken()
    gateway.publishKeys([second.publicJwk])
    now += KEYS_ASK_FIRST_SECONDS
    expect(await refusalOf(verifier.verify(oldToken))).toBe('401 invalid_token: key_unknown')
  })

  test('does not delay the load for a new key', async () => {
    const verifier = await overtaken()
    gateway.publishKeys([first.publicJwk, second.publicJwk])
    expect(await refusalOf(verifier.verify(newToken))).toBe('accepted')
    expect(gateway.asked(KEYS_PATH)).toBe(2)
  })

  test('does not delay the refresh of a status list', async () => {
    const path = '/status/AAAA'
    const uri = `${gateway.issuer}${path}`
    const lst = 'eNprEQAAARoAlQ'
    const claims = { sub: uri, iat: NOW, exp: NOW + 9000, ttl: 1, status_list: { bits: 1, lst } }
    const header = { typ: 'statuslist+jwt', kid: first.keyId }
    const list = await first.sign(header, JSON.stringify(claims))
    const token = await mint(first, gateway.issuer, {
      claims: { ...lasting.claims, status: { status_list: { idx: 3, uri } } },
    })
    const verifier = newVerifier({ revocation: { statusList: true } })
    const held = holdOne(path)
    const older = verifier.verify(token)
    const hangUpNow = await held
    now += LOAD_ABANDONED_SECONDS
    gateway.answer(path, (_, response) => response.end(list))
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    hangUpNow()
    expect(await refusalOf(older)).toBe('accepted')
    // Half of its life, when a list is refreshed, and less than the first pause.
    now += 0.5
    const before = gateway.asked(path)
    const works: Promise<unknown>[] = []
    await verifier.verify(token, { waitUntil: (work) => works.push(work) })
    await Promise.all(works)
    expect(gateway.asked(path)).toBe(before + 1)
  })
})

/** Holds the next request to a path. Resolves, when it has arrived, to a function that fails it. */
function holdOne(path: string): Promise<() => void> {
  return new Promise((resolve) => {
    const answer: Answer = (request, response) => resolve(() => hangUp(request, response))
    gateway.answer(path, answer)
  })
}
