/** What an answer of the decision log says about decisions that it does not have. */

/** Epoch milliseconds; null if there are none. */
export type Missing = {
  /** Retention has deleted decisions of the period, up to then. */
  readonly purgedTo: number | null
  /** Stored decisions of the period, up to then, cannot be read. */
  readonly damagedTo: number | null
}

export const NOTHING_MISSING: Missing = { purgedTo: null, damagedTo: null }

/** The last time that `Date` has. */
const MAX_TIME_MILLISECONDS = 8_640_000_000_000_000

export function readMissing({
  purged_to: purgedTo,
  damaged_to: damagedTo,
}: Readonly<Record<string, unknown>>): Missing {
  return { purgedTo: readTime(purgedTo), damagedTo: readTime(damagedTo) }
}

/** What is missing in one of two answers. */
export function addMissing(one: Missing, other: Missing): Missing {
  return {
    purgedTo: latest(one.purgedTo, other.purgedTo),
    damagedTo: latest(one.damagedTo, other.damagedTo),
  }
}

export function isMissing({ purgedTo, damagedTo }: Missing): boolean {
  return purgedTo !== null || damagedTo !== null
}

/** One sentence for each reason why decisions of the period are missing. */
export function renderMissing({ purgedTo, damagedTo }: Missing): readonly string[] {
  return [
    ...(purgedTo === null
      ? []
      : [
          `retention has deleted decisions up to ${renderTime(purgedTo)}: look for those in the exports`,
        ]),
    ...(damagedTo === null
      ? []
      : [
          `the gateway has damaged rows with decisions up to ${renderTime(damagedTo)} and left them out: look for those in the exports`,
        ]),
  ]
}

function latest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other)
}

/** A time of the gateway that `Date` can render; null for any other value, also of an older release. */
function readTime(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) <= MAX_TIME_MILLISECONDS ? value : null
}

function renderTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
