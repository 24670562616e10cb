/**
 * Stores used tokens and the counts of jobs in memory, for tests of core. Tested by the contracts
 * `test/contracts/replay.ts` and `test/contracts/budget.ts`.
 */
import type { ClaimProof, ClaimReplay, SpendBudget } from '../../src/core/use-ports.ts'

export function createMemoryReplay(used = new Set<string>()): ClaimReplay {
  return async ({ key }) => {
    const isFirst = !used.has(key)
    used.add(key)
    return isFirst
  }
}

/** All ports of one ledger. */
export function createMemoryLedger(): {
  readonly claimReplay: ClaimReplay
  readonly spendBudget: SpendBudget
  readonly claimProof: ClaimProof
} {
  const used = new Set<string>()
  const jobs = new Map<string, { used: number; isExceeded: boolean }>()
  const claimReplay = createMemoryReplay(used)
  const spendBudget: SpendBudget = async ({ key, grants, onExcess, mark }) => {
    if (mark !== undefined && !(await claimReplay(mark))) return { outcome: 'token_used' }
    const job = jobs.get(key) ?? { used: 0, isExceeded: false }
    jobs.set(key, job)
    if (job.used < grants) {
      job.used += 1
      return { outcome: 'counted', used: job.used }
    }
    if (mark !== undefined && onExcess === 'deny') used.delete(mark.key)
    const isFirst = !job.isExceeded
    job.isExceeded = true
    return { outcome: 'exceeded', used: job.used, isFirst }
  }
  return {
    claimReplay,
    spendBudget,
    async claimProof({ proof, mark, count }) {
      if (!(await claimReplay(proof))) return { outcome: 'proof_used' }
      if (count !== undefined) {
        const spent = await spendBudget({ ...count, mark })
        const isRefused = spent.outcome === 'exceeded' && count.onExcess === 'deny'
        if (isRefused || spent.outcome === 'token_used') used.delete(proof.key)
        return spent
      }
      if (mark === undefined || (await claimReplay(mark))) return { outcome: 'marked' }
      used.delete(proof.key)
      return { outcome: 'token_used' }
    },
  }
}
