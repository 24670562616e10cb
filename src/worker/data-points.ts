/**
 * Writes each decision to Workers Analytics Engine. docs/monitoring.md has the schema, whose columns
 * only grow. Every value is a name of the deployment or of this program, never one of a caller.
 */
import type { DecisionEvent } from '../core/audit.ts'

export type WriteDataPoint = (event: DecisionEvent, durationMilliseconds: number) => void

/** The platform refuses a longer index. A name of the trust document can have 128 characters. */
const MAX_INDEX_BYTES = 96

/** Returns undefined if no dataset is bound. */
export function createWriteDataPoint(
  dataset: AnalyticsEngineDataset | undefined,
): WriteDataPoint | undefined {
  if (dataset === undefined) return undefined
  return (event, durationMilliseconds) => {
    const { issuer = '', rule = '', resource = '', outcome, reason, part } = event
    // The platform samples by index, so a busy issuer does not hide the others. The call returns at
    // once, and the platform sends the data after the answer.
    dataset.writeDataPoint({
      indexes: [issuer.slice(0, MAX_INDEX_BYTES)],
      blobs: [outcome, reason ?? part ?? '', issuer, rule, resource],
      doubles: [durationMilliseconds, event.revision ?? 0],
    })
  }
}
