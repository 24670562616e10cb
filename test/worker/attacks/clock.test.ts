import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TrustStore } from '../../../src/worker/objects/trust-store/trust-store.ts'
import { claimsOf, forge, genericTrust, judge, watchLog } from '../support/attack.ts'
import { applyTrust, deployment } from '../support/gateway.ts'
import { newIssuer, quickIssuer } from '../support/issuer.ts'
import { newTrustStore, putTrust, trustFor } from '../support/trust.ts'

const [HOUR, DAY] = [3600, 86_400]
const log = watchLog()
afterEach(() => {
  vi.useRealTimers()
})

/** Sets the clock of the isolate and its objects this many seconds off the real clock. */
function moveClock(seconds: number): void {
  vi.useRealTimers()
  if (seconds !== 0) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

const storeOf = () => deployment().TRUST_STORE.getByName('trust')
const minted = (issuer: Awaited<ReturnType<typeof quickIssuer>>) =>
  forge(issuer, { claims: claimsOf(issuer.url) })

describe('after a clock that was ahead is corrected', () => {
  it('NET-14 a rule that was removed meanwhile stops deciding', async () => {
    const issuer = await quickIssuer()
    await applyTrust(genericTrust({ idp: issuer.url }))
    moveClock(HOUR)
    expect(await judge(log, await minted(issuer))).toBe('granted')
    moveClock(0)
    expect(await judge(log, await minted(issuer))).toBe('granted')
    await putTrust(storeOf(), genericTrust({ idp: issuer.url }, { rules: [] }), 1)
    moveClock(11)
    expect(await judge(log, await minted(issuer))).toBe('no_rule_matched')
  })

  it('NET-09 NET-14 a key of unknown age is not used', async () => {
    const issuer = await quickIssuer()
    await applyTrust(genericTrust({ idp: issuer.url }))
    moveClock(7 * DAY)
    await storeOf().refreshKeys(issuer.url)
    moveClock(3 * DAY)
    const stolen = await minted(issuer)
    await issuer.publish({ keys: [], only: true })
    expect(await judge(log, stolen)).toBe('issuer_keys_unusable')
    await issuer.publish({ keys: [] })
    // After a failure, the next fetch waits for the back-off and not for the clock.
    moveClock(3 * DAY + 61)
    expect(await judge(log, await minted(issuer))).toBe('granted')
  })

  it('NET-08 NET-14 an unknown kid still causes a fetch', async () => {
    const issuer = await quickIssuer()
    await applyTrust(genericTrust({ idp: issuer.url }))
    moveClock(HOUR)
    await judge(log, await minted(issuer))
    await judge(log, await forge(issuer, { header: { kid: 'nobody' } }))
    moveClock(0)
    await judge(log, await minted(issuer))
    await issuer.rotate({ algorithms: ['ES256'] })
    expect(await judge(log, await minted(issuer))).toBe('granted')
  })

  it.each(['alarm', 'request'])('NET-14 the next %s finds the keys of an issuer', async (who) => {
    const issuer = newIssuer()
    const store = newTrustStore()
    await putTrust(store, trustFor(issuer.url), 0)
    const setAhead = (seconds: number) =>
      runInDurableObject(store, (instance: TrustStore) => {
        instance.now = () => Math.floor(Date.now() / 1000) + seconds
      })
    await setAhead(30 * DAY)
    await issuer.behave({ jwks: 'down' })
    expect(await store.refreshKeys(issuer.url)).toBeNull()
    await setAhead(0)
    await issuer.behave({ jwks: 'normal' })
    if (who === 'alarm') await runDurableObjectAlarm(store)
    else expect(await store.refreshKeys(issuer.url)).not.toBeNull()
    // The policy has an issuer of its own in this store.
    const facts = (await store.issuerFacts()).issuers.find(({ url }) => url === issuer.url)
    // There is no fault because the issuer was asked again after its outage.
    expect(facts).toMatchObject({ fetchedAt: expect.any(Number), lastFault: null })
  })
})
