import { describe, expect, it } from 'vitest'
import { DPOP_NONCE_WINDOW_SECONDS } from '../../../src/worker/limits.ts'
import { deriveMacKey } from '../../../src/worker/proofs/derive-key.ts'
import { createNonceCheck } from '../../../src/worker/proofs/nonces.ts'

const KEYS = ['{"d":"a"}', '{"d":"b"}']
const ISSUER = 'https://sts.example.com'
/** The first second of a window. */
const AT = DPOP_NONCE_WINDOW_SECONDS * 15_000_000

async function createCheck(
  change: {
    keys?: readonly string[]
    issuer?: string
    purpose?: string
    isRequired?: boolean
  } = {},
) {
  const { keys = KEYS, issuer = ISSUER, purpose = 'token', isRequired = true } = change
  return createNonceCheck({ key: await deriveMacKey(keys, issuer, purpose), isRequired })
}

async function nonceAt(at: number, change = {}): Promise<string> {
  const { next } = await (await createCheck({ ...change, isRequired: true }))(undefined, at)
  return next ?? 'none'
}

describe('a nonce of DPoP proofs', () => {
  it('DP-16 is one of 256 bits, of the characters that a nonce may have', async () => {
    expect(await nonceAt(AT)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await nonceAt(AT)).not.toBe(await nonceAt(AT + DPOP_NONCE_WINDOW_SECONDS))
  })

  it('is the same in every isolate of the deployment, whatever the order of its keys', async () => {
    expect(await nonceAt(AT, { keys: KEYS.toReversed() })).toBe(await nonceAt(AT))
  })

  it.each([
    ['another key', { keys: ['{"d":"a"}'] }],
    ['another issuer', { issuer: 'https://other.example.com' }],
    ['DP-23 another endpoint', { purpose: 'caller' }],
  ])('%s has another one, which is refused', async (_, change) => {
    const other = await nonceAt(AT, change)
    const own = await nonceAt(AT)
    expect(other).not.toBe(own)
    const check = await createCheck()
    expect(await check(other, AT)).toEqual({ isAccepted: false, next: own })
  })

  it('DPOP-02 is accepted in its window and the next one, and then renewed', async () => {
    const nonce = await nonceAt(AT)
    const check = await createCheck()
    const last = AT + DPOP_NONCE_WINDOW_SECONDS - 1
    expect(await check(nonce, AT)).toEqual({ isAccepted: true })
    expect(await check(nonce, last)).toEqual({ isAccepted: true })
    const next = await nonceAt(last + 1)
    for (const at of [last + 1, last + DPOP_NONCE_WINDOW_SECONDS]) {
      expect(await check(nonce, at)).toEqual({ isAccepted: true, next })
    }
    const late = last + DPOP_NONCE_WINDOW_SECONDS + 1
    expect(await check(nonce, late)).toEqual({ isAccepted: false, next: await nonceAt(late) })
  })

  it('is accepted from an isolate whose clock is a little ahead', async () => {
    const check = await createCheck()
    const ahead = await nonceAt(AT + DPOP_NONCE_WINDOW_SECONDS)
    expect(await check(ahead, AT + DPOP_NONCE_WINDOW_SECONDS - 1)).toMatchObject({
      isAccepted: true,
    })
    expect((await check(ahead, AT - 1)).isAccepted).toBe(false)
  })

  it.each(['', 'x', 'x'.repeat(43)])('DP-15 is not %j', async (nonce) => {
    for (const isRequired of [true, false]) {
      const check = await createCheck({ isRequired })
      expect(await check(nonce, AT)).toEqual({ isAccepted: false, next: await nonceAt(AT) })
    }
  })

  it('DP-17 may be absent only if none is required', async () => {
    expect(await (await createCheck({ isRequired: false }))(undefined, AT)).toEqual({
      isAccepted: true,
    })
    expect(await (await createCheck())(undefined, AT)).toMatchObject({ isAccepted: false })
  })

  it('is never accepted without a signing key', async () => {
    const check = await createCheck({ keys: [] })
    expect(await check('x', AT)).toEqual({ isAccepted: false })
    expect(await check(undefined, AT)).toEqual({ isAccepted: false })
  })

  it('is remembered for a few windows only', async () => {
    const check = await createCheck()
    for (let window = 0; window < 20; window += 1) {
      const at = AT + window * DPOP_NONCE_WINDOW_SECONDS
      expect(await check(await nonceAt(at), at)).toEqual({ isAccepted: true })
    }
  })
})
