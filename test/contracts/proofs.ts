/** The contract of every ledger of proofs. Runs on the memory version and on the Durable Object. */
import { describe, expect, it } from 'vitest'
import type { ClaimProof, ClaimReplay, SpendBudget } from '../../src/core/use-ports.ts'

const UNTIL = 4_000_000_000

type Ledger = {
  readonly claimProof: ClaimProof
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
}

export function describeProofs(name: string, create: () => Ledger): void {
  let count = 0
  /** A mark that no other test has. Its first digits choose the shard. */
  const newMark = () => {
    count += 1
    const start = (count * 16_777_259).toString(16).padStart(8, '0').slice(-8)
    return { key: start.padEnd(64, 'e'), until: UNTIL }
  }
  const newCount = (grants = 1, onExcess: 'deny' | 'alert' = 'deny') => ({
    ...newMark(),
    grants,
    onExcess,
  })

  describe(name, () => {
    it('DP-09 accepts a proof once', async () => {
      const { claimProof } = create()
      const proof = newMark()
      expect(await claimProof({ proof })).toEqual({ outcome: 'marked' })
      expect(await claimProof({ proof })).toEqual({ outcome: 'proof_used' })
      expect(await claimProof({ proof: newMark() })).toEqual({ outcome: 'marked' })
    })

    it('DP-09 accepts one of a hundred uses at once', async () => {
      const { claimProof } = create()
      const proof = newMark()
      const asked = Array.from({ length: 100 }, () => claimProof({ proof, mark: newMark() }))
      const outcomes = await Promise.all(asked)
      expect(outcomes.filter(({ outcome }) => outcome === 'marked')).toHaveLength(1)
    })

    it('REP-01 marks the subject token too, in the same shard and in another one', async () => {
      const { claimProof, claimReplay } = create()
      const near = newMark()
      const twin = { ...near, key: `${near.key.slice(0, 8)}${'f'.repeat(56)}` }
      for (const [proof, mark] of [
        [newMark(), newMark()],
        [near, twin],
      ] as const) {
        expect(await claimProof({ proof, mark })).toEqual({ outcome: 'marked' })
        expect(await claimReplay(mark)).toBe(false)
      }
    })

    it('does not use up the proof of a subject token that was used before', async () => {
      const { claimProof, claimReplay } = create()
      const [proof, mark] = [newMark(), newMark()]
      await claimReplay(mark)
      expect(await claimProof({ proof, mark })).toEqual({ outcome: 'token_used' })
      expect(await claimProof({ proof })).toEqual({ outcome: 'marked' })
    })

    it('does not use up the subject token of a proof that was used before', async () => {
      const { claimProof, claimReplay } = create()
      const [proof, mark] = [newMark(), newMark()]
      await claimProof({ proof })
      expect(await claimProof({ proof, mark, count: newCount() })).toEqual({
        outcome: 'proof_used',
      })
      expect(await claimReplay(mark)).toBe(true)
    })

    it('REP-06 counts the job, with and without a mark of the subject token', async () => {
      const { claimProof } = create()
      const count = newCount(2)
      expect(await claimProof({ proof: newMark(), count })).toEqual({
        outcome: 'counted',
        used: 1,
      })
      const used = { proof: newMark(), mark: newMark(), count }
      expect(await claimProof(used)).toEqual({ outcome: 'counted', used: 2 })
      expect(await claimProof(used)).toEqual({ outcome: 'proof_used' })
    })

    it('uses up neither proof nor token of a job that has its tokens', async () => {
      const { claimProof, claimReplay } = create()
      const count = newCount()
      await claimProof({ proof: newMark(), count })
      const [proof, mark] = [newMark(), newMark()]
      expect(await claimProof({ proof, mark, count })).toMatchObject({ outcome: 'exceeded' })
      expect(await claimReplay(mark)).toBe(true)
      expect(await claimProof({ proof })).toEqual({ outcome: 'marked' })
    })

    it('uses up the proof of a token that is granted beyond the budget', async () => {
      const { claimProof } = create()
      const count = newCount(1, 'alert')
      await claimProof({ proof: newMark(), count })
      const proof = newMark()
      expect(await claimProof({ proof, count })).toMatchObject({ outcome: 'exceeded' })
      expect(await claimProof({ proof })).toEqual({ outcome: 'proof_used' })
    })
  })
}
