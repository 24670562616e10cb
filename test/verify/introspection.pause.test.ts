/** Revocation by introspection while the gateway fails: how many questions it still gets. */
import { beforeEach, expect, test } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import {
  type Answer,
  hangUp,
  INTROSPECTION_PATH,
  sendJson,
  sendStatus,
  sendText,
  startGateway,
} from './support/gateway.ts'
import { countOutcomes, refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
const tokens = await Promise.all(
  Array.from({ length: 20 }, (_, jti) =>
    mint(signer, gateway.issuer, { claims: { jti: `token-${jti}` } }),
  ),
)
let now = NOW
beforeEach(() => {
  now = NOW
})

const asked = () => gateway.asked(INTROSPECTION_PATH)

async function newVerifier(answer: Answer) {
  gateway.answer(INTROSPECTION_PATH, answer)
  const verifier = createVerifier({
    issuer: gateway.issuer,
    audience: AUDIENCE,
    now: () => now,
    revocation: { introspect: true, maxAgeSeconds: 0 },
  })
  await verifier.prefetch()
  /** Verifies all tokens, one after the other, and returns the different outcomes. */
  const verifyAll = async () => {
    const outcomes = new Set<string>()
    for (const token of tokens) outcomes.add(await refusalOf(verifier.verify(token)))
    return [...outcomes]
  }
  return { ...verifier, verifyAll }
}

const [token = ''] = tokens

test.each([
  ['cannot be reached', hangUp, 'gateway_unreachable'],
  ['answers 503', sendStatus(503), 'answer_status_unexpected'],
  ['counts too many requests', sendStatus(429), 'answer_status_unexpected'],
  ['answers with a page', sendText('<html>'), 'answer_malformed'],
  ['answers without "active"', sendJson({}), 'answer_malformed'],
])('after three failures in a row, a gateway that %s is not asked', async (_, answer, fault) => {
  const { verifyAll } = await newVerifier(answer)
  expect(await verifyAll()).toEqual([`503 revocation_unavailable: ${fault}`])
  expect(asked()).toBe(3)
})

test('a gateway that keeps failing is asked once after each pause of 1, 2, 4 and 5 seconds', async () => {
  const { verifyAll } = await newVerifier(hangUp)
  await verifyAll()
  const times: number[] = []
  for (let second = 1; second <= 17; second += 1) {
    now = NOW + second
    const before = asked()
    await verifyAll()
    if (asked() > before) times.push(second)
  }
  expect(times).toEqual([1, 3, 7, 12, 17])
  expect(asked()).toBe(3 + times.length)
})

test('many requests at the end of a pause ask once', async () => {
  const { verify, verifyAll } = await newVerifier(hangUp)
  await verifyAll()
  now += 1
  const outcomes = await countOutcomes(tokens.map((one) => verify(one)))
  expect(outcomes).toEqual({ '503 revocation_unavailable: gateway_unreachable': tokens.length })
  expect(asked()).toBe(4)
})

test('after one answer, the failures before it no longer count', async () => {
  const { verify, verifyAll } = await newVerifier(hangUp)
  await verifyAll()
  gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
  now += 1
  expect(await verifyAll()).toEqual(['accepted'])
  gateway.answer(INTROSPECTION_PATH, hangUp)
  for (const one of tokens.slice(0, 2)) await refusalOf(verify(one))
  gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
  expect(await verifyAll()).toEqual(['accepted'])
})

test('many failures at the same time are one', async () => {
  const { verify, verifyAll } = await newVerifier(hangUp)
  await Promise.all(tokens.map((one) => refusalOf(verify(one))))
  expect(asked()).toBe(tokens.length)
  gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
  expect(await verifyAll()).toEqual(['accepted'])
})

test('a token that the gateway revoked is no failure', async () => {
  const { verifyAll } = await newVerifier(sendStatus(401))
  expect(await verifyAll()).toEqual(['401 invalid_token: token_revoked'])
  expect(asked()).toBe(tokens.length)
})

test.each([400, 403, 413, 431])(
  'a token that gets a %i, such as a long one, does not pause the questions about others',
  async (status) => {
    const { verify } = await newVerifier(sendStatus(status))
    for (let round = 0; round < 5; round += 1) {
      expect(await refusalOf(verify(token))).toContain('503')
    }
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
    expect(await refusalOf(verify(token))).toBe('accepted')
  },
)
