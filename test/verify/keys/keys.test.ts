/** How the gateway's keys are fetched, cached and dropped, with a clock that the test sets. */
import { beforeEach, describe, expect, test } from 'vitest'
import { createVerifier } from '../../../src/verify/index.ts'
import {
  KEYS_COOLDOWN_SECONDS,
  KEYS_MAX_STALE_SECONDS,
  KEYS_RETRY_SECONDS,
} from '../../../src/verify/limits.ts'
import {
  describe as describeGateway,
  hangUp,
  KEYS_PATH,
  OAUTH_PATH,
  OPENID_PATH,
  sendJson,
  sendStatus,
  sendText,
  startGateway,
} from '../support/gateway.ts'
import { countOutcomes, refusalOf } from '../support/refusal.ts'
import { AUDIENCE, createSigner, mint, NOW } from '../support/tokens.ts'

const gateway = await startGateway()
const first = await createSigner('key-1')
const second = await createSigner('key-2')
let now = NOW

beforeEach(() => {
  now = NOW
  gateway.publishKeys([first.publicJwk])
})

const newVerifier = () =>
  createVerifier({ issuer: gateway.issuer, audience: AUDIENCE, now: () => now })
const lasting = { claims: { exp: NOW + 24 * 3600 } }
const tokenOf = (signer: typeof first) => mint(signer, gateway.issuer, lasting)

describe('keys of the gateway', () => {
  test('are fetched for the first token and cached for the next', async () => {
    const verifier = newVerifier()
    expect(gateway.askedInAll()).toBe(0)
    for (let round = 0; round < 5; round += 1) await verifier.verify(await tokenOf(first))
    expect(gateway.asked(KEYS_PATH)).toBe(1)
  })

  test('are found by the metadata of RFC 8414 if the gateway has no other', async () => {
    gateway.answer(OPENID_PATH, sendStatus(404))
    expect(await refusalOf(newVerifier().verify(await tokenOf(first)))).toBe('accepted')
    expect(gateway.asked(OAUTH_PATH)).toBe(1)
  })

  test('JK-07 are fetched at once for an unknown kid, but only once for many', async () => {
    const verifier = newVerifier()
    await verifier.verify(await tokenOf(first))
    gateway.publishKeys([first.publicJwk, second.publicJwk])
    expect(await refusalOf(verifier.verify(await tokenOf(second)))).toBe('accepted')
    const strangers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        mint(first, gateway.issuer, { ...lasting, header: { kid: `stranger-${index}` } }),
      ),
    )
    await countOutcomes(strangers.map((token) => verifier.verify(token)))
    expect(gateway.asked(KEYS_PATH)).toBe(2)
    now += KEYS_COOLDOWN_SECONDS
    await refusalOf(verifier.verify(strangers[0] ?? ''))
    expect(gateway.asked(KEYS_PATH)).toBe(3)
  })

  test('are used while the gateway is down, up to their maximum age', async () => {
    const verifier = newVerifier()
    await verifier.verify(await tokenOf(first))
    gateway.answerAll(hangUp)
    now += KEYS_MAX_STALE_SECONDS - 1
    expect(await refusalOf(verifier.verify(await tokenOf(first)))).toBe('accepted')
    now += 1
    const refused = '503 keys_unavailable: gateway_unreachable'
    expect(await refusalOf(verifier.verify(await tokenOf(first)))).toBe(refused)
    gateway.reset()
    now += KEYS_RETRY_SECONDS
    expect(await refusalOf(verifier.verify(await tokenOf(first)))).toBe('accepted')
  })

  test('that cannot be fetched do not make a token invalid', async () => {
    gateway.answerAll(hangUp)
    const outcome = await refusalOf(newVerifier().verify(await tokenOf(first)))
    expect(outcome).toBe('503 keys_unavailable: gateway_unreachable')
  })
})

describe('a gateway that sends false metadata or fails', () => {
  const rows: readonly (readonly [string, () => void, string])[] = [
    [
      'MD-03 names another issuer',
      () => lie({ issuer: 'https://other.example' }),
      'metadata_issuer_mismatch',
    ],
    [
      'has its keys at another origin',
      () => lie({ jwks_uri: 'http://keys.example/jwks' }),
      'jwks_address_refused',
    ],
    [
      'redirects',
      () => gateway.answerAll(sendStatus(302, { location: '/elsewhere' })),
      'answer_status_unexpected',
    ],
    [
      'sends an HTML page',
      () => gateway.answerAll(sendText('<!doctype html>')),
      'answer_malformed',
    ],
    [
      'sends more than the limit',
      () => gateway.answer(KEYS_PATH, sendText(`"${'x'.repeat(200_000)}"`)),
      'answer_too_large',
    ],
    [
      'publishes no key',
      () => gateway.answer(KEYS_PATH, sendJson({ keys: [] })),
      'key_set_unusable',
    ],
  ]
  function lie(change: object): void {
    const answer = sendJson({ ...describeGateway(gateway.issuer), ...change })
    gateway.answer(OPENID_PATH, answer)
    gateway.answer(OAUTH_PATH, answer)
  }

  test.each(rows)('%s', async (_, misbehave, fault) => {
    misbehave()
    const outcome = await refusalOf(newVerifier().verify(await tokenOf(first)))
    expect(outcome).toBe(`503 keys_unavailable: ${fault}`)
  })
})
