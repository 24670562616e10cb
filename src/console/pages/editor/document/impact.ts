/** What a draft would have done to the recorded decisions of a period, as `edgemint plan --replay`. */
import {
  createReplay,
  type Period,
  type ReadShard,
  type ReplayReport,
  readDecisions,
} from '../../../../analysis/in-house.ts'
import type { CompiledTrust } from '../../../../core/policy/compile/compiled.ts'
import {
  addMissing,
  type Missing,
  type MissingTimes,
  NOTHING_MISSING,
} from '../../../api/missing.ts'
import type { Base } from './assess.ts'

export type Impact = {
  readonly period: Period
  readonly report: ReplayReport
  readonly missing: Missing
}

type ReadPage = (
  ...asked: Parameters<ReadShard>
) => Promise<Awaited<ReturnType<ReadShard>> & MissingTimes>

export type ImpactRequest = {
  readonly base: Base
  readonly trust: CompiledTrust
  readonly seconds: number
  /** Epoch seconds. */
  readonly at: number
  readonly readShard: ReadPage
  /** Called with the number of decisions that were read so far. */
  readonly onProgress: (decisions: number) => void
}

/** Rejects if the document in force cannot be evaluated, or as `readShard` does. */
export async function findImpact(request: ImpactRequest): Promise<Impact> {
  const { base, trust, seconds, at, readShard, onProgress } = request
  const { trust: inForce, revision } = base
  const gatewayIssuer = base.gatewayIssuer.replace(/\/+$/, '')
  const replay = createReplay({ inForce, proposed: trust, revision, gatewayIssuer, at })
  const period = { from: at - seconds, to: at + 1 }
  let count = 0
  let missing = NOTHING_MISSING
  await readDecisions(
    async (question) => {
      const page = await readShard(question)
      missing = addMissing(missing, page)
      onProgress(count)
      return page
    },
    period,
    (record) => {
      count += 1
      replay.add(record)
    },
  )
  return { period, report: replay.report(), missing }
}
