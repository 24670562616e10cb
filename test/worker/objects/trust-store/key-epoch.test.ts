/** An isolate that asks by key epoch has the same keys as one that has just started. */
import { describe, expect, it } from 'vitest'
import { NO_EPOCH } from '../../../../src/worker/objects/trust-store/key-epoch.ts'
import { AT, inWorld, MAX_STALE } from '../../support/key-world.ts'

const A = 'https://a.example'
const B = 'https://b.example'

it(
  'the issuer that waits longest is fetched first',
  inWorld(({ name, wait, due }) => {
    name('document', [B])
    wait(10)
    name('document', [A, B])
    expect([due(1), due(2)]).toEqual([[B], [B, A]])
  }),
)

describe('an answer by key epoch', () => {
  it(
    'is empty without a change',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      poll()
      const { issuers, removed } = poll()
      expect({ issuers, removed }).toEqual({ issuers: [], removed: [] })
      expect(poll()).not.toHaveProperty('present')
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'has only the issuer whose set changed',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      show(B, ['b2'])
      expect(poll().issuers).toMatchObject([{ url: B, keys: [{ kid: 'b2' }] }])
      expect([kids(A), kids(B)]).toEqual([['a1'], ['b2']])
    }),
  )

  it(
    'has the time of a refetch, and no keys, if the set is the same',
    inWorld(({ name, show, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      const { version = 0 } = poll().issuers[0] ?? {}
      wait(600)
      show(A, ['a1'])
      expect(poll().issuers).toEqual([{ url: A, version, fetchedAt: AT + 600 }])
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-13 removes an issuer that no source names any more, also if it is named again',
    inWorld(({ name, show, poll, urls, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      name('document', [B])
      poll()
      expect(urls()).toEqual([B])
      name('document', [])
      name('document', [B])
      poll()
      expect(kids(B)).toBeUndefined()
    }),
  )

  it(
    'NET-11 removes keys from a host that is no longer allowed',
    inWorld(({ name, show, poll, kids }) => {
      name('document', [A], ['keys.example'])
      show(A, ['a1'])
      poll()
      name('document', [A], [])
      poll()
      expect(kids(A)).toBeUndefined()
    }),
  )

  it(
    'has an empty set after the last good set became too old, without a fetch in between',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      wait(MAX_STALE)
      fail(A, 'no_usable_key')
      fail(B, 'unreachable')
      poll()
      expect(kids(A)).toEqual(['a1'])
      wait(1)
      expect(poll().issuers).toMatchObject([{ url: A, keys: [] }])
      expect(kids(A)).toEqual([])
      expect(poll().issuers).toEqual([])
      // The issuer shows the same keys as before.
      show(A, ['a1'])
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-14 has the good set again after the clock was set back',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      wait(MAX_STALE)
      fail(A, 'no_usable_key')
      wait(1)
      poll()
      expect(kids(A)).toEqual([])
      wait(-1)
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'NET-14 has the good set again once its time is no longer in the future',
    inWorld(({ name, show, fail, poll, wait, kids }) => {
      name('document', [A])
      show(A, ['a1'])
      wait(-600)
      fail(A, 'no_usable_key')
      poll()
      expect(kids(A)).toEqual([])
      wait(600)
      poll()
      expect(kids(A)).toEqual(['a1'])
    }),
  )

  it(
    'has an empty set for as long as a good one could be used, and then none',
    inWorld(({ name, fail, poll, wait, restoreAt }) => {
      name('document', [A])
      fail(A, 'no_usable_key')
      fail(A, 'unreachable')
      const asked = (seconds: number) => {
        wait(seconds)
        restoreAt(NO_EPOCH)
        const { issuers, removed } = poll()
        return { issuers, removed }
      }
      const empty = { issuers: [{ url: A, version: -1, fetchedAt: AT, keys: [] }], removed: [] }
      const none = { issuers: [], removed: [A] }
      expect(asked(MAX_STALE)).toEqual(empty)
      expect(asked(1)).toEqual(none)
      // The clock was set back, so the age of the set is unknown.
      expect(asked(-MAX_STALE - 600)).toEqual(none)
    }),
  )

  it(
    'is complete if the epoch of the isolate is not one of this store',
    inWorld(({ name, show, poll, urls, epoch, restoreAt }) => {
      name('document', [A, B])
      show(A, ['a1'])
      show(B, ['b1'])
      poll()
      name('document', [B])
      restoreAt(epoch() + 1000)
      poll()
      expect(urls()).toEqual([B])
      expect(epoch()).toBeLessThan(1000)
    }),
  )

  it(
    'is the same as for a new isolate, after any changes',
    inWorld((world) => {
      const urls = Array.from({ length: 6 }, (_, index) => `https://i${index}.example`)
      let seed = 7
      const pick = (below: number) => {
        seed = (seed * 48_271) % 2_147_483_647
        return seed % below
      }
      const some = () => urls.filter(() => pick(4) > 0)
      for (let step = 0; step < 1500; step += 1) {
        const url = urls[pick(urls.length)] ?? A
        const turn = pick(12)
        if (turn === 0) world.name('document', some(), pick(2) === 0 ? ['keys.example'] : [])
        if (turn === 1) world.name('policy', some().slice(0, 2))
        if (turn >= 2 && turn < 6) world.show(url, [`k${pick(3)}`])
        if (turn >= 6 && turn < 8) world.fail(url, pick(2) ? 'no_usable_key' : 'unreachable')
        if (turn === 8) world.wait(pick(2 * MAX_STALE) - MAX_STALE / 4)
        if (turn === 9) world.wait(pick(60))
        if (turn < 10) continue
        world.poll()
        const { asked, started } = world.usable()
        expect(asked, `step ${step}`).toEqual(started)
      }
    }),
  )
})
