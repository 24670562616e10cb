/** The contract of every replay ledger. Runs on the memory version and on the Durable Object. */
import { describe, expect, it } from 'vitest'
import type { ClaimReplay } from '../../src/core/use-ports.ts'

const UNTIL = 4_000_000_000

export function describeReplay(name: string, create: () => ClaimReplay): void {
  const key = (text: string) => text.padEnd(64, '0')

  describe(name, () => {
    it('REP-01 accepts the first claim of a token and refuses later ones', async () => {
      const claim = create()
      expect(await claim({ key: key('a1'), until: UNTIL })).toBe(true)
      expect(await claim({ key: key('a1'), until: UNTIL })).toBe(false)
      expect(await claim({ key: key('a1'), until: UNTIL + 1 })).toBe(false)
    })

    it('REP-01 accepts one of a hundred claims at once', async () => {
      const claim = create()
      const asked = Array.from({ length: 100 }, () => claim({ key: key('b2'), until: UNTIL }))
      expect((await Promise.all(asked)).filter((isFirst) => isFirst)).toHaveLength(1)
    })

    it('distinguishes tokens', async () => {
      const claim = create()
      expect(await claim({ key: key('c3'), until: UNTIL })).toBe(true)
      expect(await claim({ key: key('c4'), until: UNTIL })).toBe(true)
    })
  })
}
