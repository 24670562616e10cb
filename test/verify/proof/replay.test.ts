/** A proof is accepted once: by this process, and by all processes with a shared store. */
import { expect, test } from 'vitest'
import { openBound } from '../support/bound.ts'
import { refusalOf } from '../support/refusal.ts'
import { NOW } from '../support/tokens.ts'

const bound = await openBound()
const REPLAYED = '401 invalid_dpop_proof: proof_replayed'

test('DP-09 DPOP-02 refuses a proof that was used before', async () => {
  const verifier = bound.open()
  const request = await bound.request()
  expect(await refusalOf(verifier.verifyRequest(request))).toBe('accepted')
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(REPLAYED)
})

test('DPOP-02 accepts only one of two concurrent requests', async () => {
  const verifier = bound.open()
  const request = await bound.request()
  const both = [verifier.verifyRequest(request), verifier.verifyRequest(request)]
  expect((await Promise.all(both.map(refusalOf))).toSorted()).toEqual([REPLAYED, 'accepted'])
})

test('DP-09 a narrowed verifier shares the memory', async () => {
  const verifier = bound.open()
  const request = await bound.request()
  await verifier.narrow({ scopes: ['deploy:read'] }).verifyRequest(request)
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(REPLAYED)
})

test('does not use a proof up for a token that is not accepted', async () => {
  const verifier = bound.open()
  const request = await bound.request()
  const headers = new Headers({ authorization: `DPoP ${bound.token()}` })
  const without = await refusalOf(verifier.verifyRequest({ ...request, headers }))
  expect(without).toBe('401 invalid_dpop_proof: proof_missing')
  expect(await refusalOf(verifier.verifyRequest(request))).toBe('accepted')
})

test('DPOP-02 a shared store refuses a proof that another process has accepted', async () => {
  const seen = new Map<string, number>()
  const claimProof = async (id: string, expiresAt: number) => {
    if (seen.has(id)) return false
    seen.set(id, expiresAt)
    return true
  }
  const request = await bound.request()
  const [one, other] = [bound.open({ claimProof }), bound.open({ claimProof })]
  expect(await refusalOf(one.verifyRequest(request))).toBe('accepted')
  expect(await refusalOf(other.verifyRequest(request))).toBe(REPLAYED)
  expect([...seen]).toEqual([[expect.stringMatching(/^[\w-]{43}$/), NOW + 60]])
})

test.each([
  ['throws', () => Promise.reject(new Error('down'))],
  [
    'throws at once',
    () => {
      throw new Error('down')
    },
  ],
])('DPOP-02 refuses the request when the store %s', async (_, claimProof) => {
  const request = await bound.request()
  const verifier = bound.open({ claimProof })
  expect(await refusalOf(verifier.verifyRequest(request))).toBe(
    '503 proofs_unavailable: proof_store_failed',
  )
})

test.each([undefined, 1, 'yes'])('refuses when the store answers %j', async (answer) => {
  const verifier = bound.open({ claimProof: () => answer as unknown as boolean })
  expect(await refusalOf(verifier.verifyRequest(await bound.request()))).toBe(REPLAYED)
})

test('DPOP-02 a clock that was set back does not make a proof usable again', async () => {
  const clock = { now: NOW }
  const verifier = bound.open({ now: () => clock.now })
  const request = await bound.request()
  await verifier.verifyRequest(request)
  clock.now = NOW + 90
  await refusalOf(verifier.verifyRequest(await bound.request({ proof: { iat: NOW + 90 } })))
  clock.now = NOW
  expect(await refusalOf(verifier.verifyRequest(request))).toBe('401 invalid_dpop_proof: proof_iat')
})
