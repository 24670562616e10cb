/** Status lists at the edges of what is accepted: size, type, times, new keys, and old lists. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import { deflate } from '../../src/web/compression/deflate.ts'
import { sendStatus, sendText, startGateway } from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const PATH = '/status/AAAA'
/** Sixteen valid entries. */
const EMPTY = Buffer.from(await deflate(new Uint8Array(2))).toString('base64url')
/** The same, with index 3 revoked. */
const REVOKING = Buffer.from(await deflate(new Uint8Array([8, 0]))).toString('base64url')

type Change = Readonly<Record<string, unknown>>
const gateway = await startGateway()
const signer = await createSigner()

async function judge(change: Change, header: Change = {}, by = signer, beforeList = () => {}) {
  gateway.publishKeys([signer.publicJwk])
  const uri = gateway.issuer + PATH
  const claims = { sub: uri, iat: NOW, exp: NOW + 300, status_list: { bits: 1, lst: EMPTY } }
  const whole = { typ: 'statuslist+jwt', kid: by.keyId, ...header }
  gateway.answer(PATH, sendText(await by.sign(whole, JSON.stringify({ ...claims, ...change }))))
  const verifier = createVerifier({
    issuer: gateway.issuer,
    audience: AUDIENCE,
    now: () => NOW,
    revocation: { statusList: true },
  })
  await verifier.prefetch()
  beforeList()
  const status = { status_list: { idx: 1, uri } }
  return refusalOf(verifier.verify(await mint(signer, gateway.issuer, { claims: { status } })))
}

const INVALID = '503 revocation_unavailable: status_list_invalid'

test('SL-17 accepts the list of a gateway in which half of a million tokens are revoked', async () => {
  const bytes = new Uint8Array(randomBytes(2 ** 17))
  bytes[0] = 0
  const lst = Buffer.from(await deflate(bytes)).toString('base64url')
  expect(lst.length).toBeGreaterThan(170_000)
  expect(await judge({ status_list: { bits: 1, lst } })).toBe('accepted')
})

test.each(['StatusList+JWT', 'application/StatusList+jwt'])(
  'SL-05 accepts the type %s',
  async (typ) => {
    expect(await judge({}, { typ })).toBe('accepted')
  },
)

test('a list may be from as far ahead as the clocks may differ', async () => {
  expect(await judge({ iat: NOW + 30 })).toBe('accepted')
  expect(await judge({ iat: NOW + 31 })).toBe(INVALID)
})

test('says that the keys are missing if the list may have a new key', async () => {
  const next = await createSigner('key-2')
  expect(await judge({}, {}, next)).toBe(INVALID)
  const fail = () => gateway.answer('/.well-known/openid-configuration', sendStatus(500))
  expect(await judge({}, {}, next, fail)).toBe('503 keys_unavailable: answer_status_unexpected')
})

describe('a cache that serves an older list', () => {
  let now = NOW

  async function publish(iat: number, lst: string, exp = NOW + 300) {
    gateway.publishKeys([signer.publicJwk])
    const sub = gateway.issuer + PATH
    const claims = { sub, iat, exp, ttl: 30, status_list: { bits: 1, lst } }
    const header = { typ: 'statuslist+jwt', kid: signer.keyId }
    gateway.answer(PATH, sendText(await signer.sign(header, JSON.stringify(claims))))
  }

  /** Returns a function that verifies the token of index 3, with what it does in the background. */
  async function start(at = NOW) {
    now = at
    const verifier = createVerifier({
      issuer: gateway.issuer,
      audience: AUDIENCE,
      now: () => now,
      revocation: { statusList: true },
    })
    const status = { status_list: { idx: 3, uri: gateway.issuer + PATH } }
    const token = await mint(signer, gateway.issuer, { claims: { status, exp: NOW + 7200 } })
    return async () => {
      const work: Promise<unknown>[] = []
      const waitUntil = (task: Promise<unknown>) => work.push(task)
      const outcome = await refusalOf(verifier.verify(token, { waitUntil }))
      await Promise.all(work)
      return outcome
    }
  }

  test('is asked again after half of the time that is left', async () => {
    await publish(NOW, EMPTY)
    const verify = await start()
    await verify()
    await publish(NOW - 10, EMPTY)
    const times: number[] = []
    for (let second = 1; second < 30; second += 1) {
      now = NOW + second
      for (let request = 0; request < 5; request += 1) {
        const before = gateway.asked(PATH)
        expect(await verify()).toBe('accepted')
        if (gateway.asked(PATH) > before) times.push(second)
      }
    }
    expect(times).toEqual([15, 23, 27, 29])
  })

  test('does not bring a revoked token back', async () => {
    await publish(NOW, REVOKING)
    const verify = await start()
    expect(await verify()).toBe('401 invalid_token: token_revoked')
    await publish(NOW - 31, EMPTY)
    now = NOW + 20
    expect(await verify()).toBe('401 invalid_token: token_revoked')
    now = NOW + 30
    expect(await verify()).toBe(INVALID)
  })

  test('may be behind as far as clocks may differ', async () => {
    await publish(NOW, EMPTY)
    const verify = await start()
    await verify()
    await publish(NOW - 30, EMPTY)
    now = NOW + 30
    expect(await verify()).toBe('accepted')
  })

  test('is no older list if it is from before the clocks were set back', async () => {
    await publish(NOW + 3600, EMPTY, NOW + 3900)
    const verify = await start(NOW + 3600)
    expect(await verify()).toBe('accepted')
    now = NOW
    await publish(NOW, REVOKING)
    expect(await verify()).toBe('401 invalid_token: token_revoked')
    // From there on, no list goes back.
    now = NOW + 40
    await publish(NOW - 31, EMPTY)
    expect(await verify()).toBe(INVALID)
  })

  test('does not go further back in several steps', async () => {
    await publish(NOW, EMPTY)
    const verify = await start()
    await verify()
    await publish(NOW - 20, EMPTY)
    now = NOW + 30
    expect(await verify()).toBe('accepted')
    await publish(NOW - 40, EMPTY)
    now = NOW + 60
    expect(await verify()).toBe(INVALID)
  })
})
