/** What pages of the decision log say about decisions that they do not have. */

/** Epoch milliseconds of the latest one; undefined if there are none. */
export type Missing = {
  /** Retention has deleted decisions. */
  readonly purgedTo: number | undefined
  /** Stored decisions cannot be read. */
  readonly damagedTo: number | undefined
}

/** The members of a page that say so. */
export type MissingTimes = {
  readonly purged_to?: number | undefined
  readonly damaged_to?: number | undefined
}

export const NOTHING_MISSING: Missing = { purgedTo: undefined, damagedTo: undefined }

export function addMissing({ purgedTo, damagedTo }: Missing, page: MissingTimes): Missing {
  return {
    purgedTo: latest(purgedTo, page.purged_to),
    damagedTo: latest(damagedTo, page.damaged_to),
  }
}

function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return Math.max(one, other)
}
