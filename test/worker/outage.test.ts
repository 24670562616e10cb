import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ISSUER_KEYS_MAX_STALE_SECONDS } from '../../src/contract/limits.ts'
import { applyTrust, deployment, exchange, send } from './support/gateway.ts'
import { newIssuer } from './support/issuer.ts'
import { trustFor } from './support/trust.ts'

const issuer = newIssuer()
const start = Math.floor(Date.now() / 1000)

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: start * 1000 })
  await applyTrust(trustFor(issuer.url))
})
afterAll(() => vi.useRealTimers())

/** The status of an exchange this many seconds later, after the alarms that are due. */
async function statusAfter(seconds: number): Promise<number> {
  const at = start + seconds
  vi.setSystemTime(at * 1000)
  await runDurableObjectAlarm(deployment().TRUST_STORE.getByName('trust'))
  const token = await issuer.mint({ claims: { iat: at - 1, nbf: at - 1, exp: at + 300 } })
  return (await exchange(token)).status
}

describe('an issuer that is down for two hours', () => {
  it('NET-10 is accepted until the hard age of its keys, then refused, and recovers by itself', async () => {
    expect(await statusAfter(0)).toBe(200)
    await issuer.behave({ discovery: 'down', jwks: 'down' })
    const half = ISSUER_KEYS_MAX_STALE_SECONDS / 2
    expect(await statusAfter(half)).toBe(200)
    expect(await statusAfter(ISSUER_KEYS_MAX_STALE_SECONDS - 60)).toBe(200)
    expect(await statusAfter(ISSUER_KEYS_MAX_STALE_SECONDS + 120)).toBe(503)
    expect(await statusAfter(7200)).toBe(503)
    // The gateway still serves other issuers.
    expect((await send('/health')).status).toBe(200)
    await issuer.behave({ discovery: 'normal', jwks: 'normal' })
    expect(await statusAfter(7200 + 120)).toBe(200)
  })
})
