/** Nonces of an API: required in every proof, bound to this API, and renewed in answers. */
import { describe, expect, test } from 'vitest'
import { VerificationError, type VerifierOptions } from '../../../src/verify/index.ts'
import { createNonces } from '../../../src/verify/proof/nonces.ts'
import { openBound } from '../support/bound.ts'
import { refusalOf } from '../support/refusal.ts'
import { AUDIENCE, NOW } from '../support/tokens.ts'

const bound = await openBound()
const SECRET = 'a secret of thirty-two characters'
const NEEDS_NONCE = '401 use_dpop_nonce: proof_nonce'

/** Sends a request without a nonce, and returns the nonce of the answer. */
async function askNonce(verifier: ReturnType<typeof bound.open>): Promise<string> {
  const request = await bound.request()
  const error: unknown = await verifier.verifyRequest(request).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(VerificationError)
  return verifier.renderRefusal(error as VerificationError).headers.get('dpop-nonce') ?? ''
}

async function judge(options: Partial<VerifierOptions>, nonce: string | undefined) {
  const verifier = bound.open({ proofNonce: { secret: SECRET }, ...options })
  return refusalOf(verifier.verifyRequest(await bound.request({ proof: { nonce } })))
}

test('DP-15 asks for a nonce, and accepts a proof with it', async () => {
  const verifier = bound.open({ proofNonce: {} })
  const nonce = await askNonce(verifier)
  expect(nonce).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]{43,}$/)
  const request = await bound.request({ proof: { nonce } })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe('accepted')
})

test('DP-15 a clock may return fractions of a second', async () => {
  const verifier = bound.open({ proofNonce: {}, now: () => NOW + 0.75 })
  const nonce = await askNonce(verifier)
  const request = await bound.request({ proof: { nonce } })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe('accepted')
})

test('DP-17 refuses every proof without a nonce', async () => {
  expect(await judge({}, undefined)).toBe(NEEDS_NONCE)
  expect(await judge({}, undefined)).toBe(NEEDS_NONCE)
})

test('DP-16 refuses a nonce that it did not make', async () => {
  const nonce = await askNonce(bound.open({ proofNonce: { secret: SECRET } }))
  expect(await judge({}, nonce)).toBe('accepted')
  expect(await judge({}, `${nonce.slice(0, -2)}AA`)).toBe(NEEDS_NONCE)
  expect(await judge({}, nonce.slice(0, -4))).toBe(NEEDS_NONCE)
  expect(await judge({}, 'x')).toBe(NEEDS_NONCE)
  expect(await judge({ proofNonce: { secret: SECRET.toUpperCase() } }, nonce)).toBe(NEEDS_NONCE)
})

test('DP-16 a changed time does not prolong a nonce', async () => {
  const nonce = await askNonce(bound.open({ proofNonce: { secret: SECRET } }))
  const octets = Buffer.from(nonce, 'base64url')
  octets[4] = (octets[4] ?? 0) ^ 1
  expect(await judge({}, octets.toString('base64url'))).toBe(NEEDS_NONCE)
})

test('DP-23 the nonce of another API with the same secret is refused', async () => {
  const other = createNonces({ secret: SECRET, maxAgeSeconds: 300 }, 'https://other.acme.dev')
  const own = createNonces({ secret: SECRET, maxAgeSeconds: 300 }, AUDIENCE)
  expect(await judge({}, await other.make(NOW))).toBe(NEEDS_NONCE)
  expect(await judge({}, await own.make(NOW))).toBe('accepted')
})

test('two processes without a secret do not accept the nonces of each other', async () => {
  const nonce = await askNonce(bound.open({ proofNonce: {} }))
  expect(await judge({ proofNonce: {} }, nonce)).toBe(NEEDS_NONCE)
})

test('a nonce is the same in every release, so that processes with one secret can differ', async () => {
  const nonces = createNonces({ secret: SECRET, maxAgeSeconds: 300 }, AUDIENCE)
  const nonce = 'AGVT8QD2MoFh-1QuDNZVctqjfX0eTwPFs0dsfFiE5u0SHnCycQ'
  expect(await nonces.make(1_700_000_000)).toBe(nonce)
  expect(await nonces.check(nonce, 1_700_000_000)).toBe('valid')
})

test('the nonces of two first requests at once are both accepted', async () => {
  const nonces = createNonces({ secret: undefined, maxAgeSeconds: 300 }, AUDIENCE)
  const made = await Promise.all([nonces.make(NOW), nonces.make(NOW)])
  const verdicts = await Promise.all(made.map((nonce) => nonces.check(nonce, NOW)))
  expect(verdicts).toEqual(['valid', 'valid'])
})

test.each([
  [-31, 'invalid'],
  [-30, 'valid'],
  [0, 'valid'],
  [150, 'valid'],
  [151, 'stale'],
  [300, 'stale'],
  [301, 'invalid'],
])('a nonce of %i seconds ago is %s', async (age, verdict) => {
  const nonces = createNonces({ secret: SECRET, maxAgeSeconds: 300 }, AUDIENCE)
  expect(await nonces.check(await nonces.make(NOW - age), NOW)).toBe(verdict)
})

describe('the headers for the answer of the app', () => {
  test('DP-16 have a new nonce when the old one will soon expire', async () => {
    const nonces = createNonces({ secret: SECRET, maxAgeSeconds: 300 }, AUDIENCE)
    const verifier = bound.open({ proofNonce: { secret: SECRET } })
    const send = async (age: number) => {
      const nonce = await nonces.make(NOW - age)
      const token = await verifier.verifyRequest(await bound.request({ proof: { nonce } }))
      return verifier.answerHeaders(token)
    }
    expect(await send(10)).toEqual([])
    const [[name, value] = []] = await send(200)
    expect(name).toBe('DPoP-Nonce')
    expect(await nonces.check(value, NOW)).toBe('valid')
  })

  test('are empty without nonces', async () => {
    const verifier = bound.open()
    expect(verifier.answerHeaders(await verifier.verifyRequest(await bound.request()))).toEqual([])
  })
})
