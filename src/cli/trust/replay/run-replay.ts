/** Replays the decisions of a gateway for a plan. */
import {
  createReplay,
  type Period,
  type Question,
  type ReplayReport,
  readDecisions,
} from '../../../analysis/in-house.ts'
import { readShard } from '../../decisions/decisions-api.ts'
import { addMissing, NOTHING_MISSING } from '../../decisions/missing.ts'
import { refusal } from '../../shell/failure.ts'
import type { AdminAccess } from '../admin-api.ts'
import type { Plan } from '../make-plan.ts'

export type PeriodReport = {
  readonly period: Period
  /** Epoch milliseconds: decisions of the period up to then were deleted. Null: none was. */
  readonly purged_to: number | null
  /** Epoch milliseconds: decisions of the period up to then cannot be read. Null: all can be. */
  readonly damaged_to: number | null
} & ReplayReport

/** `at`: epoch seconds. Throws a refusal if the document in force cannot be evaluated here. */
export async function runReplay(
  access: AdminAccess,
  { inForce, trust, revision }: Plan,
  seconds: number,
  at: number,
): Promise<PeriodReport> {
  if (inForce === undefined) {
    throw refusal(
      `refused: this release cannot read revision ${revision}, so nothing was replayed`,
      'plan without --replay, or use the release of the gateway',
    )
  }
  const gatewayIssuer = access.url.replace(/\/+$/, '')
  const replay = createReplay({ inForce, proposed: trust, revision, gatewayIssuer, at })
  const period = { from: at - seconds, to: at + 1 }
  let missing = NOTHING_MISSING
  const read = async (question: Question) => {
    const page = await readShard(access, question)
    missing = addMissing(missing, page.missing)
    return page
  }
  await readDecisions(read, period, replay.add)
  const { purgedTo, damagedTo } = missing
  return { period, purged_to: purgedTo, damaged_to: damagedTo, ...replay.report() }
}
