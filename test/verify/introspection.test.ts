/** Revocation by introspection: the request, the cache of the answer, and a missing answer. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createVerifier } from '../../src/verify/index.ts'
import {
  hangUp,
  INTROSPECTION_PATH,
  sendJson,
  sendStatus,
  startGateway,
} from './support/gateway.ts'
import { refusalOf } from './support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from './support/tokens.ts'

const gateway = await startGateway()
const signer = await createSigner()
gateway.publishKeys([signer.publicJwk])
let now = NOW
beforeEach(() => {
  now = NOW
})

function newVerifier(maxAgeSeconds = 10) {
  return createVerifier({
    issuer: gateway.issuer,
    audience: AUDIENCE,
    now: () => now,
    revocation: { introspect: true, maxAgeSeconds },
  })
}

const REVOKED = '401 invalid_token: token_revoked'

describe('a verifier with introspection', () => {
  test('IN-01 sends the token as the credential', async () => {
    const token = await mint(signer, gateway.issuer)
    await newVerifier().verify(token)
    expect(gateway.questions).toEqual([
      { authorization: `Bearer ${token}`, body: new URLSearchParams({ token }).toString() },
    ])
  })

  test('caches an answer for maxAgeSeconds', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(10)
    await verifier.verify(token)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    now += 9
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    now += 1
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
  })

  test('IN-10 does not cache an answer beyond the expiry of the token', async () => {
    const token = await mint(signer, gateway.issuer, { claims: { exp: NOW + 5 } })
    const verifier = newVerifier(60)
    await verifier.verify(token)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    now += 4
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
    now += 1
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
  })

  test('does not use an answer longer when the clock is set back', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(10)
    await verifier.verify(token)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    now -= 30
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
  })

  test('never accepts a token again after the answer that it is revoked', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(1)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
    now += 60
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
  })

  test('a late "active" does not replace a newer "revoked"', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(0)
    let answerFirst: (() => void) | undefined
    gateway.answer(INTROSPECTION_PATH, (request, response) => {
      answerFirst = () => sendJson({ active: true })(request, response)
    })
    const first = refusalOf(verifier.verify(token))
    await vi.waitUntil(() => answerFirst, { timeout: 30_000 })
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: false }))
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
    answerFirst?.()
    await first
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
  })

  test('a 401, which may be a fault of the gateway, is cached for maxAgeSeconds only', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(10)
    gateway.answer(INTROSPECTION_PATH, sendStatus(401))
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
    gateway.answer(INTROSPECTION_PATH, sendJson({ active: true }))
    now += 9
    expect(await refusalOf(verifier.verify(token))).toBe(REVOKED)
    now += 1
    expect(await refusalOf(verifier.verify(token))).toBe('accepted')
  })

  test('asks every time with maxAgeSeconds 0', async () => {
    const token = await mint(signer, gateway.issuer)
    const verifier = newVerifier(0)
    for (let round = 0; round < 3; round += 1) await verifier.verify(token)
    expect(gateway.asked(INTROSPECTION_PATH)).toBe(3)
  })

  test('never asks about a token with an invalid signature', async () => {
    const stranger = await createSigner('key-1')
    expect(await refusalOf(newVerifier().verify(await mint(stranger, gateway.issuer)))).toBe(
      '401 invalid_token: signature_invalid',
    )
    expect(gateway.asked(INTROSPECTION_PATH)).toBe(0)
  })

  const silent: readonly (readonly [string, Parameters<typeof gateway.answer>[1], string])[] = [
    ['cannot be reached', hangUp, 'gateway_unreachable'],
    ['answers 500', sendStatus(500), 'answer_status_unexpected'],
    ['does not answer with JSON', sendJson('active'), 'answer_malformed'],
    ['answers "active": "true"', sendJson({ active: 'true' }), 'answer_malformed'],
  ]
  test.each(silent)(
    'REV-02 refuses every request when the gateway %s',
    async (_, answer, fault) => {
      gateway.answer(INTROSPECTION_PATH, answer)
      const outcome = await refusalOf(newVerifier().verify(await mint(signer, gateway.issuer)))
      expect(outcome).toBe(`503 revocation_unavailable: ${fault}`)
    },
  )
})

test('a verifier without introspection does not ask', async () => {
  const verifier = createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => now })
  await verifier.verify(await mint(signer, gateway.issuer))
  expect(gateway.asked(INTROSPECTION_PATH)).toBe(0)
})
